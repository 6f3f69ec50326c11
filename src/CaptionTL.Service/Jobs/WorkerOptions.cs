using System.ComponentModel.DataAnnotations;

namespace CaptionTL.Service.Jobs;

/// <summary>How jobs are carried out on this machine; section "CaptionTL:Worker".</summary>
public sealed class WorkerOptions
{
    public const string Section = ServiceOptions.Section + ":Worker";

    /// <summary>False: jobs are accepted here and carried out elsewhere (with PostgreSQL), or later.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Jobs at a time. Each uses all cores and up to some GB.</summary>
    [Range(1, 64)]
    public int Parallel { get; set; } = 1;

    /// <summary>How often a lost process is replaced before the job counts as failed.</summary>
    [Range(0, 1000)]
    public int Retries { get; set; } = 3;

    /// <summary>
    /// Seconds that a worker keeps a job without renewing its lease; then another may take it up. One whose process has ended loses its jobs
    /// to another of the same machine at once. With several machines their clocks must agree better than this.
    /// </summary>
    [Range(1, 3600)]
    public double LeaseSeconds { get; set; } = 30;

    /// <summary>Seconds without a heartbeat until a job's process counts as lost. It beats once a second.</summary>
    [Range(2, 3600)]
    public double SilenceSeconds { get; set; } = 20;

    /// <summary>Minutes without any progress until a job's process counts as lost, though it beats.</summary>
    [Range(1, 10_000)]
    public double StuckMinutes { get; set; } = 60;

    /// <summary>Seconds that a cancelled job's process has to end in an orderly way before it is killed.</summary>
    [Range(0, 60)]
    public double CancelSeconds { get; set; } = 3.5;

    /// <summary>Seconds that a paused job's process has to write its checkpoint.</summary>
    [Range(0, 3600)]
    public double PauseSeconds { get; set; } = 120;

    /// <summary>The same where the service itself stops; the host gives up after 30 s.</summary>
    [Range(0, 3600)]
    public double ShutdownSeconds { get; set; } = 20;

    /// <summary>The program's file that carries out jobs (CaptionTL.Web.dll); the one beside this library when null.</summary>
    public string? Program { get; set; }

    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}
