using System.Text.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs;

/// <summary>A run's metrics.jsonl, which its process may be writing.</summary>
internal static class MetricsFile
{
    private const int MostLines = 10_000;

    /// <param name="path">Of the file; none yet is an empty one.</param>
    /// <param name="after">Lines left out: those that the caller has.</param>
    public static RunMetrics Read(string path, int after)
    {
        if (!File.Exists(path)) return new RunMetrics([], 0);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var lines = new List<JsonElement>();
        var number = 0;
        while (lines.Count < MostLines && reader.ReadLine() is { } line)
        {
            if (number >= after)
            {
                if (Parse(line) is not { } entry) break; // the last line, half written
                lines.Add(entry);
            }
            number++;
        }
        return new RunMetrics(lines, number);
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
