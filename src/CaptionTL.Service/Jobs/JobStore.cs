using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Storage;
using CaptionTL.Service.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// The jobs table as people use it: add a job, look at it, ask it to stop. What workers do to it is in <see cref="JobLeases"/>; who
/// carries out what is decided by <see cref="JobSchedule"/>.
/// </summary>
internal sealed class JobStore(IDbContextFactory<ServiceDb> databases, ServiceMetrics metrics, TimeProvider clock)
{
    public async Task<JobRecord> AddAsync(JobRecord job, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        job.Created = clock.GetUtcNow();
        database.Add(job);
        await database.SaveChangesAsync(cancellation);
        metrics.JobEntered(EnumNames.Of(job.Kind), EnumNames.Of(job.State));
        return job;
    }

    /// <exception cref="ApiException">There is no such job.</exception>
    public async Task<JobRecord> GetAsync(long id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw ApiException.NotFound(FormattableString.Invariant($"There is no job {id}."),
            "GET /api/v1/jobs lists the jobs.");

    /// <returns>Null where there is no such job.</returns>
    public async Task<JobRecord?> FindAsync(long id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<JobRecord>().AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancellation);
    }

    /// <summary>A page of the jobs, the latest first.</summary>
    /// <param name="states">As people see them; all when empty.</param>
    /// <param name="kinds">All when empty.</param>
    /// <param name="offset">Jobs left out first.</param>
    /// <param name="limit">Jobs at most.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(int Total, IReadOnlyList<JobRecord> Jobs)> ListAsync(IReadOnlyList<JobState> states, IReadOnlyList<JobKind> kinds,
        int offset, int limit, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var jobs = database.Set<JobRecord>().AsNoTracking();
        if (kinds.Count > 0) jobs = jobs.Where(j => kinds.Contains(j.Kind));
        if (states.Count > 0)
        {
            var (running, pausing, cancelling) = (states.Contains(JobState.Running), states.Contains(JobState.Pausing),
                states.Contains(JobState.Cancelling));
            jobs = jobs.Where(j => j.State != JobState.Running ? states.Contains(j.State)
                : j.Requested == JobState.Running ? running : j.Requested == JobState.Paused ? pausing : cancelling);
        }
        var total = await jobs.CountAsync(cancellation);
        return (total, await jobs.OrderByDescending(j => j.Id).Skip(offset).Take(limit).ToListAsync(cancellation));
    }

    /// <summary>Asks for a stop. A waiting job stops at once, a running one when its worker has stopped it.</summary>
    /// <param name="id">The job.</param>
    /// <param name="requested">Paused or Cancelled.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">There is no such job, or it cannot be stopped in its state.</exception>
    public async Task<JobRecord> StopAsync(long id, JobState requested, CancellationToken cancellation)
    {
        var (now, cancels) = (clock.GetUtcNow(), requested == JobState.Cancelled);
        var finished = cancels ? (DateTimeOffset?)now : null;
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var jobs = database.Set<JobRecord>().Where(j => j.Id == id);
        // Nobody works on it; or its worker is gone and would hold an older lease if it came back.
        var changed = await jobs.Where(j => j.State == JobState.Queued || (j.State == JobState.Paused && cancels)
                || (j.State == JobState.Running && j.LeaseUntil < now))
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, requested).SetProperty(x => x.Lease, x => x.Lease + 1)
                .SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null).SetProperty(x => x.Finished, finished), cancellation);
        // A job that is being paused can still be cancelled, but not the other way round.
        if (changed == 0)
            changed = await jobs.Where(j => j.State == JobState.Running && (j.Requested != JobState.Cancelled || cancels))
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.Requested, requested), cancellation);
        var job = await GetAsync(id, cancellation);
        return changed > 0 ? job : throw WrongState(job, EnumNames.Of(requested));
    }

    /// <summary>Puts a stopped or failed job back into the queue; it continues from its checkpoint.</summary>
    /// <exception cref="ApiException">There is no such job, or it is not stopped.</exception>
    public async Task<JobRecord> ResumeAsync(long id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var changed = await database.Set<JobRecord>()
            .Where(j => j.Id == id && (j.State == JobState.Paused || j.State == JobState.Cancelled || j.State == JobState.Failed))
            .ExecuteUpdateAsync(j => j
                .SetProperty(x => x.State, JobState.Queued)
                .SetProperty(x => x.Requested, JobState.Running)
                .SetProperty(x => x.Losses, 0)
                .SetProperty(x => x.Finished, (DateTimeOffset?)null)
                .SetProperty(x => x.Problem, (string?)null), cancellation);
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
            .Take(limit).Select(l => new JobLogLine(l.Id, l.Time, l.Attempt, l.Text)).ToListAsync(cancellation);
        return new JobLog(lines, lines.Count > 0 ? lines[^1].Number : after);
    }

    /// <summary>Jobs that wait or run.</summary>
    public async Task<IReadOnlyList<JobRecord>> ActiveAsync(CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<JobRecord>().AsNoTracking().Where(j => j.State == JobState.Queued || j.State == JobState.Running)
            .ToListAsync(cancellation);
    }

    /// <summary>Number of jobs by the name of their state.</summary>
    public IReadOnlyDictionary<string, int> Count()
    {
        using var database = databases.CreateDbContext();
        return database.Set<JobRecord>().GroupBy(j => j.State).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionary(g => EnumNames.Of(g.Key), g => g.Count);
    }

    /// <summary>The first job that waits, runs or is paused and uses a data set: "job 17".</summary>
    public async Task<string?> UserOfAsync(string name, CancellationToken cancellation)
    {
        var version = name + "@";
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var job = await database.Set<JobRecord>()
            .Where(j => (j.State == JobState.Queued || j.State == JobState.Running || j.State == JobState.Paused)
                && (j.Data == name || j.Data.StartsWith(version)))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellation);
        return job is { } id ? FormattableString.Invariant($"job {id}") : null;
    }

    private static ApiException WrongState(JobRecord job, string what) =>
        new(409, "job_state", FormattableString.Invariant($"Job {job.Id} cannot be {what}: its state is '{EnumNames.Of(job.Shown)}'."),
            FormattableString.Invariant($"GET /api/v1/jobs/{job.Id} shows its state."));
}

/// <summary>A row of the jobs table.</summary>
internal sealed class JobRecord
{
    public long Id { get; set; }

    public JobKind Kind { get; set; }

    /// <summary>
    /// Queued, Running, Paused, Succeeded, Failed or Cancelled; Pausing and Cancelling follow from <see cref="Requested"/>.
    /// </summary>
    public JobState State { get; set; }

    /// <summary>The state that was asked for: Running, Paused or Cancelled. The worker looks at it several times a second.</summary>
    public JobState Requested { get; set; } = JobState.Running;

    public int Priority { get; set; }

    public string? By { get; set; }

    /// <summary>The data set with its version: "flowers@3".</summary>
    public required string Data { get; set; }

    public string? Model { get; set; }

    public string? PlanName { get; set; }

    /// <summary>The resolved plan, JSON.</summary>
    public string? Plan { get; set; }

    /// <summary>The <see cref="JobRequest"/>, JSON.</summary>
    public required string Request { get; set; }

    public long? Again { get; set; }

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset? Started { get; set; }

    public DateTimeOffset? Finished { get; set; }

    public int Attempts { get; set; }

    public int Losses { get; set; }

    /// <summary>The fencing number: it grows with every attempt, and whoever holds an older one can change nothing any more.</summary>
    public long Lease { get; set; }

    /// <summary>Until when the attempt belongs to its worker; null where there is none.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The worker that holds the lease (see <see cref="WorkerPresence"/>).</summary>
    public string? Worker { get; set; }

    /// <summary>The last <see cref="JobProgress"/>, JSON.</summary>
    public string? Progress { get; set; }

    /// <summary>The <see cref="JobResult"/>, JSON.</summary>
    public string? Result { get; set; }

    /// <summary>The <see cref="JobProblem"/>, JSON.</summary>
    public string? Problem { get; set; }

    /// <summary>The state as people see it.</summary>
    public JobState Shown => (State, Requested) switch
    {
        (JobState.Running, JobState.Paused) => JobState.Pausing,
        (JobState.Running, JobState.Cancelled) => JobState.Cancelling,
        _ => State,
    };

    public JobRequest Asked => Read<JobRequest>(Request)!;

    public Job ToJob() => new(Id, Kind, Shown, Data, Model, PlanName, Read<JsonElement?>(Plan), Asked, Priority, By, Created, Started,
        Finished, Attempts, Losses, Again, Read<JobProgress>(Progress), Read<JobResult>(Result), Read<JobProblem>(Problem));

    private static T? Read<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, Json.Compact);
}

/// <summary>Columns of the jobs table.</summary>
internal sealed class JobRecordTable : IEntityTypeConfiguration<JobRecord>
{
    public void Configure(EntityTypeBuilder<JobRecord> builder)
    {
        builder.ToTable("jobs");
        builder.HasKey(j => j.Id);
        builder.Property(j => j.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(j => j.State).HasConversion<string>().HasMaxLength(20);
        // Stored as it was first named: Run, Pause or Cancel.
        builder.Property(j => j.Requested).HasColumnName("Wish").HasMaxLength(20).HasConversion(
            state => state == JobState.Running ? "Run" : state == JobState.Paused ? "Pause" : "Cancel",
            text => text == "Run" ? JobState.Running : text == "Pause" ? JobState.Paused : JobState.Cancelled);
        builder.Property(j => j.Created).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Started).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Finished).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.LeaseUntil).HasConversion<UtcMilliseconds>();
        builder.Ignore(j => j.Shown);
        builder.Ignore(j => j.Asked);
        builder.HasIndex(j => j.State);
    }
}

/// <summary>A line of a job's log.</summary>
internal sealed class JobLogRecord
{
    public long Id { get; set; }

    public long JobId { get; set; }

    public DateTimeOffset Time { get; set; }

    public int Attempt { get; set; }

    public required string Text { get; set; }
}

/// <summary>Columns of the jobs' log; its lines are deleted with their job.</summary>
internal sealed class JobLogTable : IEntityTypeConfiguration<JobLogRecord>
{
    public void Configure(EntityTypeBuilder<JobLogRecord> builder)
    {
        builder.ToTable("job_log");
        builder.HasKey(l => l.Id);
        builder.Property(l => l.Time).HasConversion<UtcMilliseconds>();
        builder.HasIndex(l => new { l.JobId, l.Id });
        builder.HasOne<JobRecord>().WithMany().HasForeignKey(l => l.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
