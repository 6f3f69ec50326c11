using System.Text.Json;

namespace CaptionTL.Benchmarks;

/// <summary>
/// Encoders beside PyTorch, plain and tuned, as a table. Each of the three runs in a process of its own, one right after the other, so
/// that memory is its own and the machine is in the same state.
/// </summary>
internal static class EncoderComparison
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string ToJson(Encoder.Result result) => JsonSerializer.Serialize(result, Json);

    public static void Print(Sizes sizes, IReadOnlyList<string> networks)
    {
        Console.WriteLine("| encoder, images a second (peak MiB) | CaptionTL | plain PyTorch | tuned PyTorch | over plain | over tuned |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var network in networks)
        {
            var (ours, plain, tuned) = (Ours(network, sizes), Theirs(network, "plain", sizes), Theirs(network, "tuned", sizes));
            Console.WriteLine(FormattableString.Invariant($"| {network}, {ours.Arithmetic} | {Cell(ours)} | {Cell(plain)} | {Cell(tuned)} | {ours.ImagesPerSecond / plain.ImagesPerSecond:0.00} | {ours.ImagesPerSecond / tuned.ImagesPerSecond:0.00} |"));
        }
    }

    private static string Cell(Encoder.Result result) => FormattableString.Invariant($"{result.ImagesPerSecond:0.0} ({result.PeakMebibytes})");

    private static Encoder.Result Ours(string network, Sizes sizes) =>
        Parse(Reference.Output(Environment.ProcessPath!, ["--encoder", network, .. Arguments(sizes)]));

    private static Encoder.Result Theirs(string network, string mode, Sizes sizes) =>
        Parse(Reference.Output(Reference.Python, [Reference.Script("encoders.py"), "--network", network, "--mode", mode, .. Arguments(sizes)]));

    private static IEnumerable<string> Arguments(Sizes sizes) =>
        ["--threads", Reference.Number(sizes.Threads), "--images", Reference.Number(sizes.Images), "--pixels", Reference.Number(sizes.Pixels), "--seconds", Reference.Number(sizes.Seconds)];

    private static Encoder.Result Parse(string output) =>
        JsonSerializer.Deserialize<Encoder.Result>(output, Json) ?? throw new InvalidOperationException("a measurement printed nothing");
}
