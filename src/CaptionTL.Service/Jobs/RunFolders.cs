using System.Globalization;
using System.Text.Json;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Where a job's process works: runs/JOB/LEASE. A new lease takes the folder over by renaming it. A process that held an older lease, was
/// suspended, or is on a machine that was cut off can then write only where nobody reads.
/// </summary>
internal sealed class RunFolders(IOptions<ServiceOptions> options)
{
    /// <summary>The folder of a lease, with what earlier leases have left.</summary>
    public string Take(JobLease lease)
    {
        var job = Of(lease.JobId);
        Directory.CreateDirectory(job);
        var folder = Path.Combine(job, lease.Token.ToString(CultureInfo.InvariantCulture));
        if (Newest(job) is { } before)
        {
            if (before != folder) Directory.Move(before, folder);
        }
        else
        {
            Directory.CreateDirectory(folder);
        }
        return folder;
    }

    /// <summary>Deletes what a process that lost its lease has written since; to be called when the job has ended.</summary>
    public void RemoveStale(JobLease lease)
    {
        var job = Of(lease.JobId);
        var mine = lease.Token.ToString(CultureInfo.InvariantCulture);
        foreach (var folder in Directory.EnumerateDirectories(job).Where(f => Path.GetFileName(f) != mine))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>A job's folder as it is now; null where it never ran.</summary>
    public string? Find(long job) => Directory.Exists(Of(job)) ? Newest(Of(job)) : null;

    /// <summary>Runs in a job's folder, as paths below it: "bees", or "bees/features+svm" for a race.</summary>
    public IReadOnlyList<string> Runs(long job)
    {
        if (Find(job) is not { } folder) return [];
        return [.. Directory.EnumerateFiles(folder, RunFolder.PlanFile,
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .OrderBy(File.GetCreationTimeUtc).Select(p => Path.GetRelativePath(folder, Path.GetDirectoryName(p)!))];
    }

    /// <summary>Path of a run.</summary>
    /// <param name="job">The job's number.</param>
    /// <param name="part">Name of one of a race's runs; the job's only or first one when null.</param>
    /// <returns>Null where nothing has begun yet.</returns>
    /// <exception cref="ApiException">There is no such part.</exception>
    public string? Run(long job, string? part)
    {
        var runs = Runs(job);
        var found = part is null ? (runs.Count > 0 ? runs[0] : null) : runs.FirstOrDefault(r => Path.GetFileName(r) == part)
            ?? throw ApiException.NotFound(FormattableString.Invariant($"Run {job} has no part '{part}'."),
                $"Its parts are {string.Join(", ", runs.Select(Path.GetFileName))}.");
        return found is null ? null : Path.Combine(Find(job)!, found);
    }

    /// <summary>
    /// Path of the split that a train or race job has learned from; null where nothing was begun, or the job was deleted.
    /// </summary>
    public string? SplitFile(long job)
    {
        var split = Run(job, null) is { } run ? Path.Combine(run, "split.json") : null;
        return File.Exists(split) ? split : null;
    }

    public void Delete(long job)
    {
        if (Directory.Exists(Of(job))) Directory.Delete(Of(job), recursive: true);
    }

    private string Of(long job) => options.Value.In("runs", job.ToString(CultureInfo.InvariantCulture));

    private static string? Newest(string job) =>
        Directory.EnumerateDirectories(job)
            .Where(f => long.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .MaxBy(f => long.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture));
}

/// <summary>A run's metrics.jsonl, which its process may be writing.</summary>
internal static class MetricsFile
{
    private const int MostLines = 10_000;

    /// <param name="path">The file; one that does not exist yet counts as empty.</param>
    /// <param name="after">Lines to skip, because the caller has them.</param>
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
