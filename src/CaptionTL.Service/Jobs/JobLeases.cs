using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// What a worker may do to a job: everything is one conditional change that counts only while the worker's lease is the newest. A worker
/// that was stopped and comes back changes nothing.
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
        var taken = await database.Set<JobRecord>()
            .Where(j => j.Id == id && j.Wish == JobWish.Run
            && (j.State == JobState.Queued || (j.State == JobState.Running && j.LeaseUntil < now)))
            .ExecuteUpdateAsync(j => j
                .SetProperty(x => x.Losses, x => x.State == JobState.Running ? x.Losses + 1 : x.Losses)
                .SetProperty(x => x.State, JobState.Running)
                .SetProperty(x => x.Lease, x => x.Lease + 1)
                .SetProperty(x => x.Attempts, x => x.Attempts + 1)
                .SetProperty(x => x.LeaseUntil, until)
                .SetProperty(x => x.Worker, presence.Name), cancellation);
        if (taken == 0) return null;
        await database.Set<JobRecord>().Where(j => j.Id == id && j.Started == null)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.Started, now), cancellation);
        var job = await database.Set<JobRecord>().AsNoTracking().SingleAsync(j => j.Id == id, cancellation);
        await change.CommitAsync(cancellation);
        return (new JobLease(id, job.Lease, until), job);
    }

    /// <summary>Ends the leases of workers that are no more, so that nobody waits for these to run out.</summary>
    public async Task EndOfTheDeadAsync(CancellationToken cancellation)
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

    /// <summary>Keeps the lease, and what was heard of the job since.</summary>
    /// <param name="lease">As it was.</param>
    /// <param name="progress">Null: as before.</param>
    /// <param name="log">New lines.</param>
    /// <param name="attempt">That wrote them.</param>
    /// <returns>The lease with its new end; null where it is another worker's.</returns>
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

    /// <summary>What is asked of the job.</summary>
    public async Task<JobWish> WishAsync(JobLease lease)
    {
        await using var database = await databases.CreateDbContextAsync();
        return await database.Set<JobRecord>().Where(j => j.Id == lease.JobId).Select(j => (JobWish?)j.Wish).FirstOrDefaultAsync()
            ?? JobWish.Cancel;
    }

    /// <summary>Gives the job back: to the queue, or as paused, cancelled or failed.</summary>
    /// <param name="lease">Ends with this.</param>
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
            .SetProperty(x => x.Wish, x => state == JobState.Queued ? x.Wish : JobWish.Run)
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
                    // Another job registered a version of that name in the same moment: the next number, then.
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
            .SetProperty(x => x.Wish, JobWish.Run)
            .SetProperty(x => x.Finished, now)
            .SetProperty(x => x.Problem, (string?)null)
            .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null));
        if (ended == 0) return null;
        if (run is not null)
            result = result with { Model = run.Name, Version = await publisher.AddAsync(database, run, lease.JobId, copy!,
                CancellationToken.None) };
        var json = JsonSerializer.Serialize(result, Json.Compact);
        await database.Set<JobRecord>().Where(j => j.Id == lease.JobId).ExecuteUpdateAsync(j => j.SetProperty(x => x.Result, json));
        await change.CommitAsync();
        return result;
    }

    private static IQueryable<JobRecord> Held(ServiceDb database, JobLease lease) =>
        database.Set<JobRecord>().Where(j => j.Id == lease.JobId && j.Lease == lease.Token && j.State == JobState.Running);
}

/// <summary>A worker's right to a job until it runs out or is renewed.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing token; who holds an older one than the table can change nothing.</param>
/// <param name="Until">The right's end unless renewed.</param>
internal sealed record JobLease(long JobId, long Token, DateTimeOffset Until);
