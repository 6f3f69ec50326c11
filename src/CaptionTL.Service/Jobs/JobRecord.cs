using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Jobs;

/// <summary>A row of the jobs table.</summary>
internal sealed class JobRecord
{
    public long Id { get; set; }

    public JobKind Kind { get; set; }

    /// <summary>Queued, Running, Paused, Succeeded, Failed or Cancelled; what is between follows from <see cref="Wish"/>.</summary>
    public JobState State { get; set; }

    public JobWish Wish { get; set; }

    public int Priority { get; set; }

    public string? By { get; set; }

    /// <summary>With its version: "flowers@3".</summary>
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

    /// <summary>The fencing token: grows with every attempt; what holds an older one can change nothing any more.</summary>
    public long Lease { get; set; }

    /// <summary>Until when the attempt is its worker's; null where there is none.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Which has the lease (see <see cref="WorkerPresence"/>).</summary>
    public string? Worker { get; set; }

    /// <summary>The last <see cref="JobProgress"/>, JSON.</summary>
    public string? Progress { get; set; }

    /// <summary>The <see cref="JobResult"/>, JSON.</summary>
    public string? Result { get; set; }

    /// <summary>The <see cref="JobProblem"/>, JSON.</summary>
    public string? Problem { get; set; }

    /// <summary>As people see it.</summary>
    public JobState Shown => (State, Wish) switch
    {
        (JobState.Running, JobWish.Pause) => JobState.Pausing,
        (JobState.Running, JobWish.Cancel) => JobState.Cancelling,
        _ => State,
    };

    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    public JobRequest Asked => JsonSerializer.Deserialize<JobRequest>(Request, Json.Compact)!;

    public Job ToJob() => new(
        Id, Kind, Shown, Data, Model, PlanName, Of<JsonElement?>(Plan), Asked, Priority, By, Created, Started, Finished, Attempts,
            Losses, Again,
        Of<JobProgress>(Progress), Of<JobResult>(Result), Of<JobProblem>(Problem));

    private static T? Of<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, Json.Compact);
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
        builder.Property(j => j.Wish).HasConversion<string>().HasMaxLength(20);
        builder.Property(j => j.Created).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Started).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Finished).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.LeaseUntil).HasConversion<UtcMilliseconds>();
        builder.Ignore(j => j.Shown);
        builder.Ignore(j => j.HasEnded);
        builder.Ignore(j => j.Asked);
        builder.HasIndex(j => j.State);
    }
}

/// <summary>What is asked of a job; its worker looks at it several times a second.</summary>
internal enum JobWish
{
    Run,
    Pause,
    Cancel,
}

/// <summary>A row of the jobs' log.</summary>
internal sealed class JobLogRecord
{
    public long Id { get; set; }

    public long JobId { get; set; }

    public DateTimeOffset Time { get; set; }

    public int Attempt { get; set; }

    public required string Text { get; set; }
}

/// <summary>Columns of the jobs' log; it goes with its job.</summary>
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
