using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CaptionTL.Benchmarks;

/// <summary>The same work in PyTorch: the scripts of reference/ with Debian's python3-torch and python3-torchvision.</summary>
internal static class Reference
{
    public const string Python = "/usr/bin/python3";

    /// <summary>reference/captioner.py: one JSON object with all its measurements.</summary>
    public static JsonDocument Run(Sizes sizes) => JsonDocument.Parse(Output(Python,
    [
        Script("captioner.py"), "--threads", Number(sizes.Threads), "--step-images", Number(sizes.StepImages), "--captions",
            Number(sizes.Captions), "--steps", Number(sizes.Steps),
        "--longest", Number(sizes.Longest), "--vocabulary", Number(sizes.Vocabulary), "--hidden", Number(sizes.Hidden), "--repeats",
            Number(sizes.Repeats),
    ]));

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "reference", name);

    /// <summary>Runs a program and waits for it.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Output(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        // glibc told to keep memory, as CaptionTL tells it for itself: without that PyTorch falls to a third, which would be no fair
        // opponent.
        (start.Environment["MALLOC_MMAP_THRESHOLD_"], start.Environment["MALLOC_TRIM_THRESHOLD_"], start.Environment["MALLOC_TOP_PAD_"]) =
            ("1000000000", "2000000000", "67108864");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed; the reference needs apt-get install "
                + $"python3-torch python3-torchvision");
        return output;
    }

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
