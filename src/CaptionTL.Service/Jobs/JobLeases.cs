using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// What a worker may do to a job. Everything is one conditional change that takes effect only while the worker's lease is the newest: a
/// worker that was stopped and comes back changes nothing.
/// </summary>
internal sealed class JobLeases(IDbContextFactory<ServiceDb> databases, ModelPublisher publisher, WorkerPresence presence,
    TimeProvider clock, IOptions<WorkerOptions> options)
{
    /// <summary>Takes a waiting job, or one whose worker has let its lease run out, which counts as a loss.</summary>
    /// <returns>Null where there is nothing to take.</returns>
    public async Task<(JobLease Lease, JobRecord Job)?> ClaimAsync(long id, CancellationToken cancellation)
    {
        var (now, until) = (clock.GetUtcNow(), clock.GetUtcNow() + options.Value.Lease);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var change = await database.Database.BeginTransactionAsync(cancellation);
        var free = database.Set<JobRecord>()
            .Where(j => j.Id == id && (j.State == JobState.Queued || (j.State == JobState.Running && j.LeaseUntil < now)));
        // It was asked to stop, and its worker was lost before it did.
        await free.Where(j => j.Requested != JobState.Running).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, x => x.Requested == JobState.Paused ? JobState.Paused : JobState.Cancelled)
            .SetProperty(x => x.Finished, x => x.Requested == JobState.Paused ? null : now)
            .SetProperty(x => x.Requested, JobState.Running)
            .SetProperty(x => x.Lease, x => x.Lease + 1)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), cancellation);
        var taken = await free.ExecuteUpdateAsync(j => j
            .SetProperty(x => x.Losses, x => x.State == JobState.Running ? x.Losses + 1 : x.Losses)
            .SetProperty(x => x.State, JobState.Running)
            .SetProperty(x => x.Lease, x => x.Lease + 1)
            .SetProperty(x => x.Attempts, x => x.Attempts + 1)
            .SetProperty(x => x.Started, x => x.Started ?? now)
            .SetProperty(x => x.LeaseUntil, until)
            .SetProperty(x => x.Worker, presence.Name), cancellation);
        var job = taken == 0 ? null : await database.Set<JobRecord>().AsNoTracking().SingleAsync(j => j.Id == id, cancellation);
        await change.CommitAsync(cancellation);
        return job is null ? null : (new JobLease(id, job.Lease, until), job);
    }

    /// <summary>Ends the leases of workers whose process has ended, so that nobody waits for them to run out.</summary>
    public async Task EndOfDeadWorkersAsync(CancellationToken cancellation)
    {
        var past = clock.GetUtcNow() - TimeSpan.FromMilliseconds(1);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var held = await database.Set<JobRecord>().Where(j => j.State == JobState.Running && j.LeaseUntil > past)
            .Select(j => new { j.Id, j.Lease, j.Worker }).ToListAsync(cancellation);
        foreach (var job in held.Where(j => j.Worker is { } worker && presence.HasEnded(worker)))
            await database.Set<JobRecord>().Where(j => j.Id == job.Id && j.Lease == job.Lease && j.State == JobState.Running)
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.LeaseUntil, past), cancellation);
        presence.ForgetEnded();
    }

    /// <summary>Prolongs the lease, and writes down what the job's process has said since.</summary>
    /// <param name="lease">As it was.</param>
    /// <param name="progress">The newest; null where there is none since the last time.</param>
    /// <param name="log">New lines.</param>
    /// <param name="attempt">That wrote them.</param>
    /// <returns>The lease with its new end; null where the job is another worker's now.</returns>
    public async Task<JobLease?> RenewAsync(JobLease lease, JobProgress? progress, IReadOnlyList<string> log, int attempt)
    {
        var (now, until) = (clock.GetUtcNow(), clock.GetUtcNow() + options.Value.Lease);
        await using var database = await databases.CreateDbContextAsync();
        await using var change = await database.Database.BeginTransactionAsync();
        var json = progress is null ? null : JsonSerializer.Serialize(progress, Json.Compact);
        var kept = await Held(database, lease)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.LeaseUntil, until).SetProperty(x => x.Progress, x => json ?? x.Progress));
        if (kept == 0) return null;
        database.AddRange(log.Select(text => new JobLogRecord { JobId = lease.JobId, Time = now, Attempt = attempt, Text = text }));
        await database.SaveChangesAsync();
        await change.CommitAsync();
        return lease with { Until = until };
    }

    /// <returns>The state that was asked for: Running, Paused or Cancelled.</returns>
    public async Task<JobState> RequestedAsync(JobLease lease)
    {
        await using var database = await databases.CreateDbContextAsync();
        return await database.Set<JobRecord>().Where(j => j.Id == lease.JobId).Select(j => (JobState?)j.Requested).FirstOrDefaultAsync()
            ?? JobState.Cancelled;
    }

    /// <summary>Gives the job back: to the queue, or as paused, cancelled or failed.</summary>
    /// <param name="lease">The worker's right to the job; it ends with this.</param>
    /// <param name="state">Not Running or Succeeded.</param>
    /// <param name="problem">Of a failed job.</param>
    /// <param name="lost">Its process was lost.</param>
    /// <returns>False where the job is another worker's.</returns>
    public async Task<bool> EndAsync(JobLease lease, JobState state, JobProblem? problem = null, bool lost = false)
    {
        var finished = state == JobState.Queued || state == JobState.Paused ? (DateTimeOffset?)null : clock.GetUtcNow();
        var json = problem is null ? null : JsonSerializer.Serialize(problem, Json.Compact);
        await using var database = await databases.CreateDbContextAsync();
        return await Held(database, lease).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, state)
            .SetProperty(x => x.Requested, x => state == JobState.Queued ? x.Requested : JobState.Running)
            .SetProperty(x => x.Losses, x => lost ? x.Losses + 1 : x.Losses)
            .SetProperty(x => x.Finished, finished)
            .SetProperty(x => x.Problem, json)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null)) > 0;
    }

    /// <summary>Ends a job well, and registers its model, if there is one, in the same transaction.</summary>
    /// <returns>The result with the model's version; null where the job is another worker's, and nothing was published.</returns>
    public async Task<JobResult?> SucceedAsync(JobLease lease, JobResult result, PublishedRun? run)
    {
        var copy = run is null ? null : publisher.Bring(run);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await TrySucceedAsync(lease, result, run, copy);
                }
                catch (DbUpdateException) when (attempt < 5)
                {
                    // Another job registered a version of that name at the same moment: take the next number.
                }
            }
        }
        finally
        {
            if (copy is not null) File.Delete(copy);
        }
    }

    private async Task<JobResult?> TrySucceedAsync(JobLease lease, JobResult result, PublishedRun? run, string? copy)
    {
        var now = clock.GetUtcNow();
        await using var database = await databases.CreateDbContextAsync();
        await using var change = await database.Database.BeginTransactionAsync();
        var ended = await Held(database, lease).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, JobState.Succeeded)
            .SetProperty(x => x.Requested, JobState.Running)
            .SetProperty(x => x.Finished, now)
            .SetProperty(x => x.Problem, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null));
        if (ended == 0) return null;
        if (run is not null)
        {
            var version = await publisher.AddAsync(database, run, lease.JobId, copy!, CancellationToken.None);
            result = result with { Model = run.Name, Version = version };
        }
        var json = JsonSerializer.Serialize(result, Json.Compact);
        await database.Set<JobRecord>().Where(j => j.Id == lease.JobId).ExecuteUpdateAsync(j => j.SetProperty(x => x.Result, json));
        await change.CommitAsync();
        return result;
    }

    private static IQueryable<JobRecord> Held(ServiceDb database, JobLease lease) =>
        database.Set<JobRecord>().Where(j => j.Id == lease.JobId && j.Lease == lease.Token && j.State == JobState.Running);
}

/// <summary>A worker's right to a job.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing number; whoever holds an older one than the table can change nothing.</param>
/// <param name="Until">The right's end unless it is renewed.</param>
internal sealed record JobLease(long JobId, long Token, DateTimeOffset Until);

/// <summary>
/// Which workers of this machine live: each keeps a lock on a file of its own in the data folder, and the system releases it when the
/// process ends, however that happens. A worker that hangs, or works on another machine (network file systems may not lock), loses its
/// jobs only when their leases run out.
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
        // Another worker that looks at the new file may hold it for a moment.
        while ((_lock = FileLock.TryExclusive(FileOf(Name))) is null) Thread.Sleep(1);
    }

    /// <summary>This worker: machine, process, and a random number, since process numbers are used again.</summary>
    public string Name { get; } = FormattableString.Invariant($"{Machine}{Environment.ProcessId}-{Guid.NewGuid():N}");

    /// <summary>Whether a worker of this machine has ended.</summary>
    public bool HasEnded(string worker)
    {
        if (worker == Name || !worker.StartsWith(Machine, StringComparison.Ordinal) || !File.Exists(FileOf(worker))) return false;
        using var free = FileLock.TryExclusive(FileOf(worker));
        return free is not null;
    }

    /// <summary>Deletes the files of workers that have ended; to be called when none of them holds a lease any more.</summary>
    public void ForgetEnded()
    {
        foreach (var file in Directory.EnumerateFiles(_folder)) FileLock.TryDeleteUnused(file);
    }

    public void Dispose()
    {
        _lock?.Dispose();
        FileLock.TryDeleteUnused(FileOf(Name)); // a file that stays does no harm: nobody locks it
    }

    private string FileOf(string worker) => Path.Combine(_folder, worker);
}
