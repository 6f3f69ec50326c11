using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Benchmarks;

/// <summary>
/// Encoders beside PyTorch, plain and tuned, beside PyTorch's own ONNX export in ONNX Runtime, and beside an earlier build of ours, as a
/// table. Each runs in a process of its own, one right after the other in several rounds, so that memory is its own and the machine is in
/// the same state; shown are medians.
/// </summary>
internal static class EncoderComparison
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string ToJson(Encoder.Result result) => JsonSerializer.Serialize(result, Json);

    /// <param name="sizes">Of the work.</param>
    /// <param name="networks">The registry's names; torchvision's, or Lite0.</param>
    /// <param name="before">CaptionTL.Benchmarks.dll of an earlier build, or null.</param>
    /// <param name="rounds">Measurements of each.</param>
    public static void Print(Sizes sizes, IReadOnlyList<string> networks, string? before = null, int rounds = 3)
    {
        string[] others = ["plain PyTorch", "tuned PyTorch", "PyTorch's export", .. before is null ? Array.Empty<string>() : ["before"]];
        Console.WriteLine(
            $"| encoder, images a second (least to most; peak MiB) | CaptionTL | {string.Join(" | ", others)} | CaptionTL over each |");
        Console.WriteLine($"|---|---|{string.Concat(others.Select(_ => "---|"))}---|");
        foreach (var network in networks)
        {
            List<Func<Encoder.Result?>> runs = [
                () => Ours(Environment.ProcessPath!, [], network, sizes),
                () => Theirs(network, "plain", sizes), () => Theirs(network, "tuned", sizes), () => Exported(network, sizes)];
            if (before is not null) runs.Add(() => Ours("dotnet", [before], network, sizes));
            var results = runs.Select(_ => new List<Encoder.Result>()).ToList();
            for (var round = 0; round < rounds; round++)
                for (var i = 0; i < runs.Count; i++)
                    if (runs[i]() is { } result) results[i].Add(result);
            var medians = results.ConvertAll(r => r.Count == 0 ? null : r.OrderBy(x => x.ImagesPerSecond).ElementAt(r.Count / 2));
            var cells = results.Zip(medians, (all, median) => median is null ? "–" : FormattableString.Invariant(
                $"{median.ImagesPerSecond:0.0} {median.Arithmetic} ({all.Min(r => r.ImagesPerSecond):0.0} to {
                    all.Max(r => r.ImagesPerSecond):0.0}; {median.PeakMebibytes})"));
            var ratios = medians.Skip(1)
                .Select(m => m is null ? "–" : FormattableString.Invariant($"{medians[0]!.ImagesPerSecond / m.ImagesPerSecond:0.00}"));
            Console.WriteLine($"| {network} | {string.Join(" | ", cells)} | {string.Join(", ", ratios)} |");
        }
    }

    private static Encoder.Result Ours(string program, string[] first, string network, Sizes sizes) =>
        Parse(Reference.Output(program, [.. first, "--encoder", network, .. Arguments(sizes)]));

    private static Encoder.Result Theirs(string network, string mode, Sizes sizes) =>
        Parse(Reference.Output(Reference.Python, [Reference.Script("encoders.py"), "--network", network, "--mode", mode,
            .. Arguments(sizes)]));

    /// <summary>
    /// torch.onnx.export of torchvision's network, run in ONNX Runtime with the same options as ours; null for Lite0, which torchvision
    /// lacks.
    /// </summary>
    private static Encoder.Result? Exported(string network, Sizes sizes)
    {
        if (network.StartsWith("tf_", StringComparison.Ordinal)) return null;
        var file = Path.Combine(Path.GetTempPath(), $"captiontl-{network}-{Environment.ProcessId}.onnx");
        try
        {
            Reference.Output(Reference.Python,
                [Reference.Script("encoders.py"), "--network", network, "--mode", "export", "--out", file, .. Arguments(sizes)]);
            return Parse(Reference.Output(Environment.ProcessPath!, ["--onnx", file, .. Arguments(sizes)]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<string> Arguments(Sizes sizes) =>
        ["--threads", Reference.Number(sizes.Threads), "--images", Reference.Number(sizes.Images), "--pixels",
            Reference.Number(sizes.Pixels), "--seconds", Reference.Number(sizes.Seconds)];

    private static Encoder.Result Parse(string output) =>
        JsonSerializer.Deserialize<Encoder.Result>(output, Json) ?? throw new InvalidOperationException("a measurement printed nothing");
}
