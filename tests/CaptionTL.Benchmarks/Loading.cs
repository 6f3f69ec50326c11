using System.Globalization;
using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Weights;

namespace CaptionTL.Benchmarks;

/// <summary>From a safetensors file to a backbone with its weights, beside reading the same file into memory.</summary>
internal static class Loading
{
    /// <summary>Medians; the file is in the page cache for both.</summary>
    public static void Print(IReadOnlyList<string> networks, Sizes sizes)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-benchmark-");
        try
        {
            Console.WriteLine("| loading, seconds | file, MiB | reading the file | loading the backbone | ratio |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach (var network in networks)
            {
                var path = Path.Combine(folder.FullName, network + ".safetensors");
                using (var backbone = BackboneRegistry.Find(network).Build(new BackboneOptions()))
                    SafetensorsWriter.Write(path, backbone.state_dict().Select(p => StateDict.Entry(p.Key, p.Value)));
                var size = new FileInfo(path).Length;
                var reading = Median(sizes, () => File.ReadAllBytes(path));
                var loading = Median(sizes, () =>
                {
                    using var file = SafetensorsFile.Open(path);
                    PretrainedEncoder.LoadBackbone(network, file, path).Dispose();
                });
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {network} | {size >> 20} | {reading:0.000} | "
                    + $"{loading:0.000} | "
                    + $"{loading / reading:0.00} |"));
                File.Delete(path);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Median(Sizes sizes, Action action)
    {
        action();
        var times = new List<double>();
        for (var i = 0; i < sizes.Repeats; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            times.Add(clock.Elapsed.TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
