using System.Globalization;
using System.Runtime.InteropServices;
using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Weights;

namespace CaptionTL.Models;

/// <summary>The network under a bundle's head: from the bundle, or the published file that it names.</summary>
internal static class BundledEncoder
{
    /// <summary>The network, and what makes its pixels; the bundle's canary has been checked on both.</summary>
    /// <exception cref="CaptionTLException">The encoder is neither in the bundle nor available by name, does not fit, or fails its
    /// canary.</exception>
    public static (CnnEncoder Encoder, Preprocessor Preprocessor) Load(ModelBundle bundle, Precision precision, WeightStore? store,
        ImageLimits? limits)
    {
        ComputeDevice.Arithmetic(precision); // refused before anything is read or downloaded
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
        var named = manifest.Backbone;
        if (named.Included)
        {
            using var file = bundle.ReadTensors(ModelBundle.EncoderEntry);
            return PretrainedEncoder.Load(named.Architecture, file, $"{bundle.Path}!{ModelBundle.EncoderEntry}",
                manifest.Preprocessing, manifest.Files[ModelBundle.EncoderEntry], named.Cut, precision,
                loadedTo: PretrainedEncoder.HasTop(named.Architecture, file) ? null : named.Cut);
        }
        store ??= new WeightStore();
        var weights = BackboneRegistry.FindWeights(named.Weights);
        var path = store.EnsureAsync(weights.File).GetAwaiter().GetResult();
        var sha256 = store.Sha256Of(path);
        if (sha256 != named.WeightsSha256)
            throw new CaptionTLException($"{bundle.Path} was made with {named.Weights} of SHA-256 {named.WeightsSha256}; {path} has "
                + $"{sha256}. Put the right file in a folder of CAPTIONTL_MODELS.");
        return PretrainedEncoder.Load(weights, path, sha256, manifest.Preprocessing, named.Cut, precision,
            includeTop: manifest.Decoding?.CheckLabels == true);
    }
}

/// <summary>
/// A stored image and the embedding it had when the model was made. If decoding, preprocessing, weights or arithmetic have changed since,
/// the embedding differs, and loading says so instead of captioning badly.
/// </summary>
internal static class Canary
{
    private const string Embedding = "embedding";

    // Length of the difference relative to the embedding's own: rounding of fp16 storage and of either arithmetic stays well below.
    private const double ToleranceFloat32 = 0.02;
    private const double ToleranceBFloat16 = 0.08;

    /// <summary>The image that comes with the library: shapes, gradients and fine texture, so that any change shows.</summary>
    public static byte[] Image()
    {
        using var stream = typeof(Canary).Assembly.GetManifestResourceStream("CaptionTL.Models.canary.png")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The image's embedding as safetensors: "embedding" (cells, channels), fp16.</summary>
    public static byte[] Compute(byte[] image, Preprocessor preprocessor, CnnEncoder encoder)
    {
        using var stream = new MemoryStream();
        var embedding = MemoryMarshal.AsBytes<Half>(Encode(image, preprocessor, encoder)).ToArray();
        SafetensorsWriter.Write(stream,
            [SafetensorsTensor.FromBytes(Embedding, TensorDType.F16, [encoder.Cells, encoder.Channels], embedding)]);
        return stream.ToArray();
    }

    /// <exception cref="CaptionTLException">The image has another embedding now.</exception>
    public static void Check(ModelBundle bundle, Preprocessor preprocessor, CnnEncoder encoder)
    {
        using var file = bundle.ReadTensors(ModelBundle.CanaryEntry);
        var expected = MemoryMarshal.Cast<byte, Half>(file.Bytes(Embedding));
        var actual = Encode(bundle.Read(ModelBundle.CanaryImageEntry), preprocessor, encoder);
        var (difference, length) = (0.0, 0.0);
        if (actual.Length != expected.Length)
        {
            difference = double.PositiveInfinity;
        }
        else
        {
            for (var i = 0; i < actual.Length; i++)
            {
                difference += Math.Pow((double)actual[i] - (double)expected[i], 2);
                length += Math.Pow((double)expected[i], 2);
            }
        }
        var relative = Math.Sqrt(difference / Math.Max(length, 1e-12));
        if (!(relative <= (encoder.Precision == Precision.BFloat16 ? ToleranceBFloat16 : ToleranceFloat32)))
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"{bundle.Path}: its test image no longer has the "
                + $"embedding it had when the model was made (off by {relative:P1} of its length). Decoding, preprocessing or the "
                + $"encoder's weights have changed since, so its captions could not be trusted."), isInput: false);
    }

    private static Half[] Encode(byte[] image, Preprocessor preprocessor, CnnEncoder encoder)
    {
        var embedding = new Half[encoder.Cells * encoder.Channels];
        encoder.Encode([preprocessor.Prepare(image)], embedding);
        return embedding;
    }
}
