using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CaptionTL.Benchmarks;

/// <summary>The same work in PyTorch: reference/captioner.py with Debian's python3-torch.</summary>
internal static class Reference
{
    public static JsonDocument Run(Sizes sizes)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "reference", "captioner.py");
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true };
        string[] arguments = [script, "--threads", Number(sizes.Threads), "--pictures", Number(sizes.Pictures), "--captions", Number(sizes.Captions), "--steps", Number(sizes.Steps), "--longest", Number(sizes.Longest), "--vocabulary", Number(sizes.Vocabulary), "--hidden", Number(sizes.Hidden), "--repeats", Number(sizes.Repeats)];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException("the reference needs Debian's python3-torch: apt-get install python3-torch");
        return JsonDocument.Parse(output);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
