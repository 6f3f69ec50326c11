using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Jobs;

/// <summary>The jobs table as people use it: accept, look, ask for a pause. What workers do is in <see cref="JobLeases"/>.</summary>
internal sealed class JobStore(IDbContextFactory<ServiceDb> databases, TimeProvider clock)
{
    public async Task<JobRecord> AddAsync(JobRecord job, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        job.Created = clock.GetUtcNow();
        database.Add(job);
        await database.SaveChangesAsync(cancellation);
        return job;
    }

    /// <exception cref="ApiException">There is no such job.</exception>
    public async Task<JobRecord> GetAsync(long id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<JobRecord>().AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancellation)
            ?? throw ApiException.NotFound(FormattableString.Invariant($"There is no job {id}."),
            "GET /api/v1/jobs lists those there are.");
    }

    /// <summary>The latest first.</summary>
    /// <param name="states">As people see them; all when empty.</param>
    /// <param name="kinds">All when empty.</param>
    /// <param name="offset">Left out first.</param>
    /// <param name="limit">At most.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(int Total, IReadOnlyList<JobRecord> Jobs)> ListAsync(IReadOnlyList<JobState> states, IReadOnlyList<JobKind> kinds,
        int offset, int limit, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var jobs = database.Set<JobRecord>().AsNoTracking();
        if (kinds.Count > 0) jobs = jobs.Where(j => kinds.Contains(j.Kind));
        if (states.Count > 0)
        {
            var (pausing, cancelling, running) = (states.Contains(JobState.Pausing), states.Contains(JobState.Cancelling),
                states.Contains(JobState.Running));
            jobs = jobs.Where(j => j.State == JobState.Running
                ? (running && j.Wish == JobWish.Run) || (pausing && j.Wish == JobWish.Pause) || (cancelling && j.Wish == JobWish.Cancel)
                : states.Contains(j.State));
        }
        var total = await jobs.CountAsync(cancellation);
        return (total, await jobs.OrderByDescending(j => j.Id).Skip(offset).Take(limit).ToListAsync(cancellation));
    }

    /// <summary>Asks for a stop. A waiting job stops at once, a running one when its worker has stopped it.</summary>
    /// <param name="id">The job.</param>
    /// <param name="wish">Pause or Cancel.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">There is no such job, or it is not one that can be stopped.</exception>
    public async Task<JobRecord> StopAsync(long id, JobWish wish, CancellationToken cancellation)
    {
        var (now, rest) = (clock.GetUtcNow(), wish == JobWish.Pause ? JobState.Paused : JobState.Cancelled);
        var finished = wish == JobWish.Cancel ? (DateTimeOffset?)now : null;
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var jobs = database.Set<JobRecord>().Where(j => j.Id == id);
        var changed = await jobs.Where(j => j.State == JobState.Queued || (wish == JobWish.Cancel && j.State == JobState.Paused))
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, rest).SetProperty(x => x.Finished, finished), cancellation);
        // Its worker is gone: nobody is left to stop it, and whoever comes back holds an older lease.
        if (changed == 0)
            changed = await jobs.Where(j => j.State == JobState.Running && j.LeaseUntil < now)
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, rest).SetProperty(x => x.Lease, x => x.Lease + 1)
                .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null).SetProperty(x => x.Finished, finished), cancellation);
        // Cancelling a job that pauses is fine, the other way round is not.
        if (changed == 0)
            changed = await jobs.Where(j => j.State == JobState.Running && (j.Wish != JobWish.Cancel || wish == JobWish.Cancel))
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.Wish, wish), cancellation);
        var job = await GetAsync(id, cancellation);
        return changed > 0 ? job : throw WrongState(job, wish == JobWish.Pause ? "paused" : "cancelled");
    }

    /// <summary>Puts a stopped or failed job back into the queue; it goes on from its checkpoint.</summary>
    /// <exception cref="ApiException">There is no such job, or it is not stopped.</exception>
    public async Task<JobRecord> ResumeAsync(long id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var changed = await database.Set<JobRecord>()
            .Where(j => j.Id == id && (j.State == JobState.Paused || j.State == JobState.Cancelled || j.State == JobState.Failed))
            .ExecuteUpdateAsync(j => j
                .SetProperty(x => x.State, JobState.Queued).SetProperty(x => x.Wish, JobWish.Run).SetProperty(x => x.Losses, 0)
                .SetProperty(x => x.Finished, (DateTimeOffset?)null).SetProperty(x => x.Problem, (string?)null), cancellation);
        var job = await GetAsync(id, cancellation);
        return changed > 0 ? job : throw WrongState(job, "resumed");
    }

    /// <summary>Removes a job that is not active.</summary>
    /// <exception cref="ApiException">There is no such job, or it is active.</exception>
    public async Task DeleteAsync(long id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var deleted = await database.Set<JobRecord>().Where(j => j.Id == id && j.State != JobState.Queued && j.State != JobState.Running)
            .ExecuteDeleteAsync(cancellation);
        if (deleted > 0) return;
        var job = await GetAsync(id, cancellation);
        throw new ApiException(409, "job_active", FormattableString.Invariant($"Job {id} is {EnumNames.Of(job.Shown)}."),
            "Cancel it first.");
    }

    public async Task<JobLog> LogAsync(long id, long after, int limit, CancellationToken cancellation)
    {
        await GetAsync(id, cancellation);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var lines = await database.Set<JobLogRecord>().AsNoTracking().Where(l => l.JobId == id && l.Id > after).OrderBy(l => l.Id)
            .Take(limit)
            .Select(l => new JobLogLine(l.Id, l.Time, l.Attempt, l.Text)).ToListAsync(cancellation);
        return new JobLog(lines, lines.Count > 0 ? lines[^1].Number : after);
    }

    /// <summary>Jobs that should be known to the scheduler: waiting, or left by their worker.</summary>
    public async Task<IReadOnlyList<JobRecord>> WaitingAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<JobRecord>().AsNoTracking()
            .Where(j => j.State == JobState.Queued || (j.State == JobState.Running && j.LeaseUntil < now)).ToListAsync(cancellation);
    }

    /// <summary>Jobs by the name of their state.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<JobRecord>().GroupBy(j => j.State).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => EnumNames.Of(g.Key), g => g.Count, cancellation);
    }

    /// <summary>Ends the jobs that were asked to stop and whose worker is gone.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await database.Set<JobRecord>()
            .Where(j => j.Wish != JobWish.Run && (j.State == JobState.Queued || (j.State == JobState.Running && j.LeaseUntil < now)))
            .ExecuteUpdateAsync(j => j
                .SetProperty(x => x.State, x => x.Wish == JobWish.Pause ? JobState.Paused : JobState.Cancelled)
                .SetProperty(x => x.Finished, x => x.Wish == JobWish.Pause ? null : now)
                .SetProperty(x => x.Wish, JobWish.Run)
                .SetProperty(x => x.Lease, x => x.Lease + 1)
                .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), cancellation);
    }

    private static ApiException WrongState(JobRecord job, string what) =>
        new(409, "job_state", FormattableString.Invariant($"Job {job.Id} cannot be {what}: its state is '{EnumNames.Of(job.Shown)}'."),
            FormattableString.Invariant($"GET /api/v1/jobs/{job.Id} shows where it is."));
}
