using CaptionTL.Backbones;
using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Models;

/// <summary>Puts a trained captioner into a bundle: weights in fp16 (vectors in fp32: there are few, and variances are small).</summary>
public sealed class CaptionBundle(
    TransferPlan plan, BackboneWeights weights, string weightsSha256, Preprocessing preprocessing, CaptionDecoder decoder, Vocabulary vocabulary)
{
    public required string Name { get; init; }

    public required BundleData Data { get; init; }

    public CaptionScores? Scores { get; init; }

    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <param name="path">Replaced if it is there.</param>
    /// <param name="backbone">With its weights.</param>
    /// <param name="cut">The last block computed.</param>
    /// <param name="includeEncoder">Put the backbone's blocks up to the cut in.</param>
    public BundleManifest Write(string path, Backbone backbone, string cut, bool includeEncoder = true)
    {
        var entries = new Dictionary<string, byte[]>
        {
            [ModelBundle.DecoderEntry] = Tensors(decoder.state_dict()),
            [ModelBundle.VocabularyEntry] = Bytes(vocabulary.Write),
            [ModelBundle.CanaryPictureEntry] = Canary.Picture(),
        };
        var encoderBytes = Tensors(backbone.state_dict().Where(p => PretrainedEncoder.BelongsTo(backbone, cut, p.Key)));
        if (includeEncoder) entries[ModelBundle.EncoderEntry] = encoderBytes;
        entries[ModelBundle.CanaryEntry] = CanaryOf(encoderBytes, cut);
        var manifest = new BundleManifest
        {
            Task = "caption",
            Name = Name,
            Created = Created,
            Backbone = new BundleBackbone(weights.Architecture, weights.Name, weightsSha256, cut, includeEncoder),
            Preprocessing = preprocessing,
            Decoder = decoder.Options,
            Decoding = plan.Decoding,
            Plan = plan,
            Data = Data,
            Scores = Scores,
            Licences = [$"Encoder {weights.Name}: {weights.File.Licence}, {weights.File.Source}; converted to half precision, layers above '{cut}' left out."],
            Files = new Dictionary<string, string>(),
        };
        entries[ModelBundle.CardEntry] = System.Text.Encoding.UTF8.GetBytes(ModelCard.Write(manifest));
        ModelBundleWriter.Write(path, manifest, entries);
        using var written = ModelBundle.Open(path);
        return written.Manifest;
    }

    // The embedding that a reader of the bundle will get: from the weights as they are stored.
    private byte[] CanaryOf(byte[] encoderBytes, string cut)
    {
        using var file = SafetensorsFile.FromBytes(encoderBytes, ModelBundle.EncoderEntry);
        using var encoder = new CnnEncoder(PretrainedEncoder.LoadBackbone(weights.Architecture, file, ModelBundle.EncoderEntry, cut), preprocessing, "", cut, Precision.Float32);
        return Canary.Compute(Canary.Picture(), new Preprocessor(preprocessing), encoder);
    }

    private static byte[] Tensors(IEnumerable<KeyValuePair<string, Tensor>> state) =>
        Bytes(stream => SafetensorsWriter.Write(stream, state.Where(p => p.Value.is_floating_point()).Select(p => StateDict.Entry(p.Key, p.Value, p.Value.dim() > 1 ? ScalarType.Float16 : ScalarType.Float32))));

    private static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
