using CaptionTL.IO;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Which workers of this machine live: each keeps a lock on a file of its own in the data folder, which the system gives up with the
/// process, however that ends. Tells of the dead at once; of one that hangs, or works on another machine, where network file systems may
/// not lock, only its leases' end can tell.
/// </summary>
internal sealed class WorkerPresence : IDisposable
{
    private static readonly string Machine = Environment.MachineName + "-";

    private readonly string _folder;
    private readonly FileStream? _lock;

    public WorkerPresence(IOptions<ServiceOptions> options)
    {
        _folder = options.Value.In("workers");
        Directory.CreateDirectory(_folder);
        // Another worker's look may hold the new file for a moment.
        while ((_lock = FileLock.TryExclusive(FileOf(Name))) is null) Thread.Sleep(1);
    }

    /// <summary>This worker: machine, process, and a number that does not come again as those of processes do.</summary>
    public string Name { get; } = FormattableString.Invariant($"{Machine}{Environment.ProcessId}-{Guid.NewGuid():N}");

    /// <summary>Whether a worker was on this machine and is no more.</summary>
    public bool HasEnded(string worker)
    {
        if (worker == Name || !worker.StartsWith(Machine, StringComparison.Ordinal) || !File.Exists(FileOf(worker))) return false;
        using var free = FileLock.TryExclusive(FileOf(worker));
        return free is not null;
    }

    /// <summary>Forgets the workers that are no more; to be called when nothing is theirs any longer.</summary>
    public void ForgetEnded()
    {
        foreach (var file in Directory.EnumerateFiles(_folder)) FileLock.TryDeleteUnused(file);
    }

    public void Dispose()
    {
        _lock?.Dispose();
        FileLock.TryDeleteUnused(FileOf(Name)); // a file that stays is no lock
    }

    private string FileOf(string worker) => Path.Combine(_folder, worker);
}
