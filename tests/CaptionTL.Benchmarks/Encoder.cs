using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Images;

namespace CaptionTL.Benchmarks;

/// <summary>A backbone up to its last block, from pixels to fp16 embeddings, in the arithmetic this machine gets. Weights are random.</summary>
internal static class Encoder
{
    /// <summary>What one process measured; the JSON names are those of reference/encoders.py.</summary>
    public sealed record Result(string Network, string Mode, string Arithmetic, double ImagesPerSecond, long PeakMebibytes);

    /// <summary>From the median batch. Peak memory is the whole process's, so measure one network a process to compare it.</summary>
    public static Result Measure(string architecture, Sizes sizes)
    {
        var preprocessing = BackboneRegistry.FindWeights(architecture).Preprocessing with { Width = sizes.Pixels, Height = sizes.Pixels };
        using var encoder = new CnnEncoder(BackboneRegistry.Find(architecture).Build(new BackboneOptions { IncludeTop = false }), preprocessing, "random");
        var random = new Random(3);
        var pictures = Enumerable.Range(0, sizes.Images).Select(_ =>
        {
            var pixels = new byte[sizes.Pixels * sizes.Pixels * 3];
            random.NextBytes(pixels);
            return new RgbImage(sizes.Pixels, sizes.Pixels, pixels);
        }).ToList();
        var embeddings = new Half[pictures.Count * encoder.Cells * encoder.Channels];
        encoder.Encode(pictures, embeddings);
        var (times, begin) = (new List<double>(), Stopwatch.StartNew());
        while (times.Count < 3 || begin.Elapsed.TotalSeconds < sizes.Seconds)
        {
            var clock = Stopwatch.StartNew();
            encoder.Encode(pictures, embeddings);
            times.Add(clock.Elapsed.TotalSeconds);
        }
        times.Sort();
        using var process = Process.GetCurrentProcess();
        return new(architecture, "captiontl", encoder.Precision.ToString().ToLowerInvariant(), Math.Round(sizes.Images / times[times.Count / 2], 2), process.PeakWorkingSet64 >> 20);
    }
}
