using System.Globalization;
using System.Runtime.InteropServices;
using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Weights;

namespace CaptionTL.Models;

/// <summary>
/// A stored image and the embedding it had when the model was made. If decoding, preprocessing, weights or arithmetic have
/// changed since, the embedding is another one, and loading says so instead of captioning badly.
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
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"{bundle.Path}: its test image no longer has "
                + $"the embedding it "
                + $"had when the model was made (off by {relative:P1} of its length). Decoding, preprocessing or the encoder's weights "
                + $"differ from then, so its captions could not be trusted."), isInput: false);
    }

    private static Half[] Encode(byte[] image, Preprocessor preprocessor, CnnEncoder encoder)
    {
        var embedding = new Half[encoder.Cells * encoder.Channels];
        encoder.Encode([preprocessor.Prepare(image)], embedding);
        return embedding;
    }
}
