using System.Diagnostics;
using System.Globalization;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>The jobs' own processes, found by their command line, and what can be done to a process.</summary>
internal static class JobProcesses
{
    /// <summary>Numbers of the processes that work on a job.</summary>
    public static IReadOnlyList<int> Of(string data, long job)
    {
        var folder = Path.Combine(Path.GetFullPath(data), "runs", job.ToString(CultureInfo.InvariantCulture)) + "/";
        return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .Select(n => int.Parse(n!, CultureInfo.InvariantCulture))
            .Where(id => CommandLine(id).Contains("job\0" + folder, StringComparison.Ordinal))];
    }

    /// <summary>Waits until a process works on a job.</summary>
    public static async Task<int> WaitAsync(string data, long job)
    {
        for (var end = DateTime.UtcNow + JobsService.Patience; DateTime.UtcNow < end; await Task.Delay(20))
            if (Of(data, job) is [var id, ..]) return id;
        throw new InvalidOperationException($"no process works on job {job}");
    }

    /// <param name="process">Its number.</param>
    /// <param name="name">"KILL", "STOP", "CONT", "TERM".</param>
    public static void Signal(int process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // gone
        }
    }
}
