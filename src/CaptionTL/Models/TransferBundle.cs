using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Models;

/// <summary>Puts a trained model into a bundle: weights in fp16 (vectors in fp32: there are few, and variances are small).</summary>
/// <param name="plan">That was carried out.</param>
/// <param name="weights">The published weights it began with.</param>
/// <param name="weightsSha256">Of their file.</param>
/// <param name="preprocessing">What the images went through.</param>
public sealed class TransferBundle(TransferPlan plan, BackboneWeights weights, string weightsSha256, Preprocessing preprocessing)
{
    public required string Name { get; init; }

    /// <summary>"caption" or "classify".</summary>
    public required string Task { get; init; }

    public required BundleData Data { get; init; }

    /// <summary>The head's files.</summary>
    public required IReadOnlyDictionary<string, byte[]> HeadEntries { get; init; }

    /// <summary>Adds to the manifest what the head needs to be read again.</summary>
    public required Func<BundleManifest, BundleManifest> Describe { get; init; }

    /// <summary>On the dev split.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>The published network with its top, whose classes captions are held against; null where they are not.</summary>
    public NetworkWeights? Published { get; init; }

    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <param name="path">Replaced if it is there.</param>
    /// <param name="network">With its weights.</param>
    /// <param name="layer">The last block computed.</param>
    /// <param name="includeEncoder">Put the backbone's blocks up to the layer in; needed where some of them were trained.</param>
    public BundleManifest Write(string path, NetworkWeights network, string layer, bool includeEncoder = true)
    {
        var entries = new Dictionary<string, byte[]>(HeadEntries) { [ModelBundle.CanaryImageEntry] = Canary.Image() };
        var encoderBytes = Tensors([.. network.UpTo(layer), .. Published?.Top ?? []]);
        var trained = plan.TrainsBackbone;
        if (includeEncoder || trained) entries[ModelBundle.EncoderEntry] = encoderBytes;
        entries[ModelBundle.CanaryEntry] = CanaryOf(encoderBytes, layer);
        var changed = trained ? ", its last blocks trained further" : "";
        var manifest = Describe(new BundleManifest
        {
            Task = Task,
            Name = Name,
            Created = Created,
            Backbone = new BundleBackbone(weights.Architecture, weights.Name, weightsSha256, layer, includeEncoder || trained),
            Preprocessing = preprocessing,
            Plan = plan,
            Data = Data,
            Scores = Scores,
            Licences = [$"Encoder {weights.Name}: {weights.File.Licence}, {weights.File.Source}; converted to half "
                + $"precision{(Published is null ? $", layers above '{layer}' left out" : "")}{changed}."],
            Files = new Dictionary<string, string>(),
        });
        entries[ModelBundle.CardEntry] = System.Text.Encoding.UTF8.GetBytes(ModelCard.Write(manifest));
        ModelBundleWriter.Write(path, manifest, entries);
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

/// <summary>The network under a bundle's head: from the bundle, or the published file that it names.</summary>
internal static class BundledEncoder
{
    /// <summary>The network, and what makes its pixels; the bundle's canary has been checked on both.</summary>
    /// <exception cref="CaptionTLException">The encoder is not in the bundle and not to be had, does not fit, or its canary
    /// fails.</exception>
    public static (CnnEncoder Encoder, Preprocessor Preprocessor) Load(ModelBundle bundle, Precision precision, WeightStore? store,
        ImageLimits? limits)
    {
        ComputeDevice.Arithmetic(precision); // refused before anything is read or fetched
        var encoder = Load(bundle, precision, store);
        try
        {
            var preprocessor = new Preprocessor(bundle.Manifest.Preprocessing, limits: limits);
            Canary.Check(bundle, preprocessor, encoder);
            return (encoder, preprocessor);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private static CnnEncoder Load(ModelBundle bundle, Precision precision, WeightStore? store)
    {
        var manifest = bundle.Manifest;
        var wanted = manifest.Backbone;
        if (wanted.Included)
        {
            using var file = bundle.ReadTensors(ModelBundle.EncoderEntry);
            return PretrainedEncoder.Load(wanted.Architecture, file, $"{bundle.Path}!{ModelBundle.EncoderEntry}",
                manifest.Preprocessing, manifest.Files[ModelBundle.EncoderEntry], wanted.Cut, precision,
                loadedTo: PretrainedEncoder.HasTop(wanted.Architecture, file) ? null : wanted.Cut);
        }
        store ??= new WeightStore();
        var weights = BackboneRegistry.FindWeights(wanted.Weights);
        var path = store.EnsureAsync(weights.File).GetAwaiter().GetResult();
        var sha256 = store.Sha256Of(path);
        if (sha256 != wanted.WeightsSha256)
            throw new CaptionTLException($"{bundle.Path} was made with {wanted.Weights} of SHA-256 {wanted.WeightsSha256}; {path} has "
                + $"{sha256}. Put the right file in a folder of CAPTIONTL_MODELS.");
        return PretrainedEncoder.Load(weights, path, sha256, manifest.Preprocessing, wanted.Cut, precision,
            includeTop: manifest.Decoding?.CheckLabels == true);
    }
}
