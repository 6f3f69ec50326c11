using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using static TorchSharp.torch;

namespace CaptionTL.Benchmarks;

/// <summary>
/// A backbone up to its last block, from pixels to fp16 embeddings, in the arithmetic this machine gets. Weights are random.
/// </summary>
internal static class Encoder
{
    /// <summary>What one process measured; the JSON names are those of reference/encoders.py.</summary>
    public sealed record Result(string Network, string Mode, string Arithmetic, double ImagesPerSecond, long PeakMebibytes);

    /// <summary>From the median batch. Peak memory is the whole process's, so measure one network a process to compare it.</summary>
    public static Result Measure(string architecture, Sizes sizes)
    {
        var preprocessing = BackboneRegistry.FindWeights(architecture).Preprocessing with { Width = sizes.Pixels, Height = sizes.Pixels };
        using var encoder = new CnnEncoder(BackboneRegistry.Find(architecture).Build(new BackboneOptions { IncludeTop = false }),
            preprocessing, "random");
        var random = new Random(3);
        var images = Enumerable.Range(0, sizes.Images).Select(_ =>
        {
            var pixels = new byte[sizes.Pixels * sizes.Pixels * 3];
            random.NextBytes(pixels);
            return new RgbImage(sizes.Pixels, sizes.Pixels, pixels);
        }).ToList();
        var embeddings = new Half[images.Count * encoder.Cells * encoder.Channels];
        var seconds = MedianSeconds(() => encoder.Encode(images, embeddings), sizes);
        return Made(architecture, "captiontl", encoder.Precision.ToString().ToLowerInvariant(), seconds, sizes);
    }

    /// <summary>An ONNX file that somebody else wrote, fp32 pixels (n, 3, h, w) to a grid, in ONNX Runtime as we use it.</summary>
    public static Result MeasureFile(string path, Sizes sizes)
    {
        using var scope = NewDisposeScope();
        using var session = new OnnxSession(File.ReadAllBytes(path));
        long[] shape = [sizes.Images, 3, sizes.Pixels, sizes.Pixels];
        var pixels = rand(shape).data<float>().ToArray();
        var grid = empty([sizes.Images, .. session.OutputShape.Skip(1)]);
        var seconds = MedianSeconds(() => session.Run(pixels, shape, grid), sizes);
        return Made(Path.GetFileNameWithoutExtension(path), "onnx", "float32", seconds, sizes);
    }

    private static double MedianSeconds(Action work, Sizes sizes)
    {
        work();
        var (times, begin) = (new List<double>(), Stopwatch.StartNew());
        while (times.Count < 3 || begin.Elapsed.TotalSeconds < sizes.Seconds)
        {
            var clock = Stopwatch.StartNew();
            work();
            times.Add(clock.Elapsed.TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }

    private static Result Made(string network, string mode, string arithmetic, double seconds, Sizes sizes)
    {
        using var process = Process.GetCurrentProcess();
        return new(network, mode, arithmetic, Math.Round(sizes.Images / seconds, 2), process.PeakWorkingSet64 >> 20);
    }
}
