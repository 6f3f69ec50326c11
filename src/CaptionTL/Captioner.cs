using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Text;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL;

/// <summary>
/// Photo to sentence: bytes → pixels → embedding → search. Made from a model bundle and checked against the bundle's canary when it is
/// loaded. One caller at a time.
/// </summary>
public sealed class Captioner : IDisposable
{
    private Captioner(BundleManifest manifest, CnnEncoder encoder, CaptionDecoder decoder, Vocabulary vocabulary,
        Preprocessor preprocessor)
    {
        (Manifest, Encoder, Preprocessor) = (manifest, encoder, preprocessor);
        Search = new CaptionSearch(decoder, vocabulary, manifest.InnerWords) { Constraints = LabelConstraints.For(encoder, vocabulary) };
    }

    public BundleManifest Manifest { get; }

    /// <summary>The frozen network, for embedding whole data sets.</summary>
    public CnnEncoder Encoder { get; }

    public Preprocessor Preprocessor { get; }

    /// <summary>From embeddings to captions.</summary>
    public CaptionSearch Search { get; }

    /// <param name="path">A bundle.</param>
    /// <param name="precision">Arithmetic of the encoder.</param>
    /// <param name="store">Where encoder weights are looked up that the bundle does not include.</param>
    /// <param name="limits">On images.</param>
    /// <exception cref="CaptionTLException">The bundle is broken, its encoder cannot be found, or its canary fails.</exception>
    public static Captioner Load(string path, Precision precision = Precision.Auto, WeightStore? store = null, ImageLimits? limits = null)
    {
        using var bundle = ModelBundle.Open(path);
        var manifest = bundle.Manifest;
        if (manifest.Task != "caption" || manifest.Decoder is not { } shape || manifest.Decoding is null)
            throw new CaptionTLException($"{path} is a model for '{manifest.Task}', not for captions. Use it with "
                + "'captiontl classify'.");
        var vocabulary = Vocabulary.Read(new MemoryStream(bundle.Read(ModelBundle.VocabularyEntry)),
            $"{path}!{ModelBundle.VocabularyEntry}");
        if (vocabulary.Count != shape.VocabularySize)
            throw new CaptionTLException($"{path}: the vocabulary has {vocabulary.Count} words, the decoder {shape.VocabularySize}.");
        // Encoder and decoder are loaded side by side: each takes a core for a while.
        var loading = Task.Run(() => BundledEncoder.Load(bundle, precision, store, limits));
        CaptionDecoder? decoder = null;
        try
        {
            decoder = ComputeDevice.Place(new CaptionDecoder(shape));
            using (var file = bundle.ReadTensors(ModelBundle.DecoderEntry))
                StateDict.Load(decoder, file, $"{path}!{ModelBundle.DecoderEntry}");
            decoder.eval();
            var (encoder, preprocessor) = loading.GetAwaiter().GetResult();
            return new Captioner(manifest, encoder, decoder, vocabulary, preprocessor);
        }
        catch
        {
            decoder?.Dispose();
            // The bundle must stay open until the encoder has been read.
            if (((IAsyncResult)loading).AsyncWaitHandle.WaitOne() && loading.IsCompletedSuccessfully) loading.Result.Encoder.Dispose();
            throw;
        }
    }

    /// <summary>The captions of one image.</summary>
    /// <param name="image">Bytes of a JPEG, PNG, WebP, GIF, BMP or TIFF file.</param>
    /// <param name="options">How words are chosen; the bundle's own options when null.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <exception cref="ImageException">The image cannot be read.</exception>
    public CaptionResult Describe(ReadOnlyMemory<byte> image, DecodingOptions? options = null, bool withAttention = false) =>
        Describe([Preprocessor.Prepare(image)], options, withAttention)[0];

    /// <summary>The captions of a batch of prepared images (see <see cref="Preprocessor"/>).</summary>
    /// <param name="images">Of the network's size.</param>
    /// <param name="options">How words are chosen; the bundle's own options when null.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Called after each word with an image's position and the words that lead so far; later words may change
    /// them.</param>
    /// <param name="cancellation">Checked before the network and before every word.</param>
    /// <exception cref="OperationCanceledException">The caller no longer wants the captions.</exception>
    public IReadOnlyList<CaptionResult> Describe(
        IReadOnlyList<RgbImage> images, DecodingOptions? options = null, bool withAttention = false, Action<int, string>? leading = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (images.Count == 0) return [];
        options ??= Manifest.Decoding!;
        using var scope = NewDisposeScope();
        var grids = Encoder.Encode(options.Mirror ? [.. images, .. images.Select(PixelEffects.Mirror)] : images);
        return Search.Run(grids, options, withAttention, leading, cancellation);
    }

    public void Dispose()
    {
        Encoder.Dispose();
        Search.Decoder.Dispose();
    }
}

/// <summary>The captions of one image.</summary>
/// <param name="Captions">Best first; at least one.</param>
public sealed record CaptionResult(IReadOnlyList<Caption> Captions)
{
    /// <summary>The best caption as a sentence.</summary>
    public string Text => Captions[0].Text;
}

/// <summary>One caption, from search and evaluation to the service and the command line.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Words">Word by word, as the model wrote them.</param>
/// <param name="WordProbabilities">Of each word, given those before it.</param>
/// <param name="LogProbability">Natural logarithm of the whole caption's probability, the end included.</param>
/// <param name="Score">What captions are ranked by: log probability / length^a.</param>
/// <param name="Attention">For every word the weights of the grid's cells, row by row; null where not asked for.</param>
public sealed record Caption(
    string Text, IReadOnlyList<string> Words, IReadOnlyList<double> WordProbabilities, double LogProbability, double Score,
    IReadOnlyList<float[]>? Attention)
{
    /// <summary>Geometric mean of the words' probabilities, the end included: 0 to 1.</summary>
    public double Confidence => Math.Exp(LogProbability / (Words.Count + 1));
}
