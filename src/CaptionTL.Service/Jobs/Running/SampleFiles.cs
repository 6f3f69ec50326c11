using System.Text.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>The samples that a run leaves after each epoch: samples/PHASE-EPOCH.json.</summary>
internal sealed class SampleFiles(string folder)
{
    private const int Shown = 5;

    private IReadOnlyList<JobSample>? _latest;
    private DateTime _written;

    /// <summary>Some of the newest samples of any run below the folder.</summary>
    /// <param name="look">Whether there may be newer ones than the last time.</param>
    public IReadOnlyList<JobSample>? Latest(bool look)
    {
        if (!look) return _latest;
        var newest = Directory.EnumerateDirectories(folder, "samples", SearchOption.AllDirectories).SelectMany(Files).Select(p => (Path: p, Written: File.GetLastWriteTimeUtc(p)))
            .OrderByDescending(p => p.Written).FirstOrDefault();
        if (newest.Path is null || newest.Written == _written) return _latest;
        _written = newest.Written;
        return _latest = [.. Read(newest.Path).Take(Shown)];
    }

    /// <summary>All of a run, in the order they were written.</summary>
    public static IReadOnlyList<RunSamples> All(string run)
    {
        var samples = Path.Combine(run, "samples");
        return Directory.Exists(samples) ? [.. Files(samples).OrderBy(File.GetLastWriteTimeUtc).Select(p => new RunSamples(Path.GetFileNameWithoutExtension(p), Read(p)))] : [];
    }

    private static IEnumerable<string> Files(string samples) => Directory.EnumerateFiles(samples, "*.json");

    private static IReadOnlyList<JobSample> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<JobSample>>(File.ReadAllText(path), Json.Lenient) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return []; // not worth failing for
        }
    }
}
