using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Runtime;

/// <summary>The pseudo-random tensors and the expected numbers of tests/goldens/training.json.</summary>
internal static class ReferenceTensors
{
    private static readonly JsonDocument Document = Goldens.Json("training.json");

    public static JsonElement Root => Document.RootElement;

    private static string Salt => Root.GetProperty("salt").GetString()!;

    public static float[] Values(string name, long count, float scale = 1, float offset = 0) =>
        Goldens.Uniform(Salt + name, count).Select(u => offset + scale * u).ToArray();

    public static Tensor Uniform(string name, long[] shape, float scale = 1, float offset = 0) =>
        tensor(Values(name, shape.Aggregate(1L, (product, size) => product * size), scale, offset)).reshape(shape);

    /// <summary>Fills a module's parameters and buffers of floating point with offset + scale·uniform(prefix + key).</summary>
    public static void Fill(nn.Module module, string prefix, float scale, float offset = 0)
    {
        using var scope = NewDisposeScope();
        using var gradientsOff = no_grad();
        foreach (var (key, value) in module.state_dict())
            if (value.is_floating_point()) value.copy_(Uniform(prefix + key, value.shape, scale, offset));
    }

    public static float[] Floats(this JsonElement array) => array.EnumerateArray().Select(e => e.GetSingle()).ToArray();

    public static float[] Floats(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    public static void ShouldMatch(this Tensor actual, JsonElement expected, double tolerance) =>
        actual.Floats().ShouldMatch(expected.Floats(), tolerance);

    public static void ShouldMatch(this float[] actual, float[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++) ((double)actual[i]).ShouldBe(expected[i], tolerance, $"element {i}");
    }
}
