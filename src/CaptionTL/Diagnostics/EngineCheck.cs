using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Diagnostics;

/// <summary>The tensor engine, the processor under it, and the reading of pictures.</summary>
internal static class EngineCheck
{
    private const int Side = 768;

    public static Finding Version() => new("", FindingState.Good, FormattableString.Invariant($"libtorch {torch.__version__}, {get_num_threads()} threads"));

    public static Finding Processor()
    {
        var features = string.Join(
            ", ", new[] { (Avx2.IsSupported, "AVX2"), (Avx512F.IsSupported, "AVX-512") }.Where(f => f.Item1).Select(f => f.Item2));
        return new("", FindingState.Good, FormattableString.Invariant($"{Environment.ProcessorCount} cores; {(features.Length > 0 ? features : "no vector extensions known")}; arithmetic {ComputeDevice.Arithmetic(Precision.Auto)}"));
    }

    public static Finding MatrixProducts()
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (a, b) = (randn(Side, Side), randn(Side, Side));
        a.matmul(b).Dispose();
        var best = double.PositiveInfinity;
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            a.matmul(b).Dispose();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return new("", FindingState.Good, FormattableString.Invariant($"{2.0 * Side * Side * Side / best / 1e9:0} GFLOP/s in fp32"));
    }

    public static Finding Devices() => new("", FindingState.Good, cuda.is_available() ? FormattableString.Invariant($"cpu, cuda ({cuda.device_count()})") : mps_is_available() ? "cpu, mps" : "cpu");

    public static Finding Pictures()
    {
        var picture = ImageDecoder.Decode(Canary.Picture());
        return new(
            "", FindingState.Good, FormattableString.Invariant($"ImageSharp reads the test picture ({picture.Width} × {picture.Height})"));
    }
}
