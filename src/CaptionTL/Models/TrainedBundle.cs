using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Models;

/// <summary>Writes a trained model as a bundle: weights in fp16 (vectors in fp32: there are few, and variances are small).</summary>
/// <param name="plan">The plan that was carried out.</param>
/// <param name="weights">The published weights it started from.</param>
/// <param name="weightsSha256">SHA-256 of their file.</param>
/// <param name="preprocessing">The training images'.</param>
public sealed class TrainedBundle(TransferPlan plan, BackboneWeights weights, string weightsSha256, Preprocessing preprocessing)
{
    public required string Name { get; init; }

    public required BundleData Data { get; init; }

    public required BundleHead Head { get; init; }

    /// <summary>Scores on the dev split.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>The published network with its top, against whose classes captions are checked; null where they are not.</summary>
    public NetworkWeights? Published { get; init; }

    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <param name="path">Replaced if it exists.</param>
    /// <param name="network">The backbone's weights.</param>
    /// <param name="layer">The last block computed.</param>
    /// <param name="includeEncoder">Include the backbone's blocks up to the layer; always done where some of them were trained.</param>
    public BundleManifest Write(string path, NetworkWeights network, string layer, bool includeEncoder = true)
    {
        var entries = new Dictionary<string, byte[]>(Head.Entries) { [ModelBundle.CanaryImageEntry] = Canary.Image() };
        var encoderBytes = Tensors([.. network.UpTo(layer), .. Published?.Top ?? []]);
        var trained = plan.TrainsBackbone;
        if (includeEncoder || trained) entries[ModelBundle.EncoderEntry] = encoderBytes;
        entries[ModelBundle.CanaryEntry] = CanaryOf(encoderBytes, layer);
        var changed = trained ? ", its last blocks trained further" : "";
        var manifest = new BundleManifest
        {
            Task = plan.Head.Task,
            Name = Name,
            Created = Created,
            Backbone = new BundleBackbone(weights.Architecture, weights.Name, weightsSha256, layer, includeEncoder || trained),
            Preprocessing = preprocessing,
            Plan = plan,
            Data = Data,
            Decoder = Head.Decoder,
            Decoding = Head.Decoding,
            InnerWords = Head.InnerWords,
            Temperature = Head.Temperature,
            Scores = Scores,
            Licences = [$"Encoder {weights.Name}: {weights.File.Licence}, {weights.File.Source}; converted to half "
                + $"precision{(Published is null ? $", layers above '{layer}' left out" : "")}{changed}."],
            Files = new Dictionary<string, string>(),
        };
        entries[ModelBundle.CardEntry] = System.Text.Encoding.UTF8.GetBytes(ModelCard.Write(manifest));
        ModelBundle.Write(path, manifest, entries);
        using var written = ModelBundle.Open(path);
        return written.Manifest;
    }

    /// <summary>Floating-point tensors as safetensors.</summary>
    internal static byte[] Tensors(IEnumerable<KeyValuePair<string, Tensor>> state)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, state.Where(p => p.Value.is_floating_point())
            .Select(p => StateDict.Entry(p.Key, p.Value, p.Value.dim() > 1 ? ScalarType.Float16 : ScalarType.Float32)));
        return stream.ToArray();
    }

    // The embedding that a reader of the bundle will get: from the weights as they are stored.
    private byte[] CanaryOf(byte[] encoderBytes, string layer)
    {
        using var file = SafetensorsFile.FromBytes(encoderBytes, ModelBundle.EncoderEntry);
        using var encoder = PretrainedEncoder.Load(
            weights.Architecture, file, ModelBundle.EncoderEntry, preprocessing, "", layer, Precision.Float32, loadedTo: layer);
        return Canary.Compute(Canary.Image(), new Preprocessor(preprocessing), encoder);
    }
}

/// <summary>A trained head as a bundle keeps it: its files, by their names in the bundle, and what is needed to read them again.</summary>
public sealed record BundleHead(IReadOnlyDictionary<string, byte[]> Entries)
{
    /// <summary>Shape of the decoder, for captions.</summary>
    public CaptionDecoderOptions? Decoder { get; init; }

    public DecodingOptions? Decoding { get; init; }

    /// <inheritdoc cref="BundleManifest.InnerWords"/>
    public IReadOnlyList<string>? InnerWords { get; init; }

    /// <inheritdoc cref="BundleManifest.Temperature"/>
    public double? Temperature { get; init; }

    public static BundleHead Captioner(CaptionDecoder decoder, DecoderWords words)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(words);
        using var vocabulary = new MemoryStream();
        words.Vocabulary.Write(vocabulary);
        return new BundleHead(new Dictionary<string, byte[]>
        {
            [ModelBundle.DecoderEntry] = TrainedBundle.Tensors(decoder.state_dict()),
            [ModelBundle.VocabularyEntry] = vocabulary.ToArray(),
        })
        {
            Decoder = decoder.Options, Decoding = words.Decoding, InnerWords = words.InnerWords,
        };
    }

    /// <param name="head">The head's file.</param>
    /// <param name="labels">Class names, one a line.</param>
    /// <param name="temperature">Divides the scores before the softmax.</param>
    public static BundleHead Classifier(byte[] head, byte[] labels, double temperature) =>
        new(new Dictionary<string, byte[]> { [ModelBundle.HeadEntry] = head, [ModelBundle.LabelsEntry] = labels })
        {
            Temperature = temperature,
        };
}

/// <summary>What a captioner's decoder speaks with.</summary>
/// <param name="Vocabulary">Its words.</param>
/// <param name="Decoding">How they are chosen.</param>
/// <param name="InnerWords">Words that no caption ends with; null where that is not known.</param>
public sealed record DecoderWords(Vocabulary Vocabulary, DecodingOptions Decoding, IReadOnlyList<string>? InnerWords = null);
