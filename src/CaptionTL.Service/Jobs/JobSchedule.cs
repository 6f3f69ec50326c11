using System.Globalization;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Puts jobs into Quartz's store, which decides who carries out which job when, and which worker takes over from one that is gone. The
/// jobs table says what a job is and what became of it.
/// </summary>
internal sealed class JobSchedule(ISchedulerFactory schedulers)
{
    // Quartz takes what was due first, and compares priorities only between jobs that are due at the same time: all of them are.
    private static readonly DateTimeOffset Due = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // More jobs than ever wait, and few enough that 100 times as many fit into an int.
    private const int JobsInAPriority = 10_000_000;

    /// <summary>
    /// Lets the next free worker take the job: at once where it waits, at the end of its lease where a worker holds it. A job that is
    /// neither waiting nor running is left out.
    /// </summary>
    public async Task AddAsync(JobRecord job, CancellationToken cancellation)
    {
        if (job.State is not (JobState.Queued or JobState.Running)) return;
        var name = Name(job);
        var work = JobBuilder.Create<RunJob>().WithIdentity(name).RequestRecovery().DisallowConcurrentExecution().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(name).ForJob(work).WithPriority(Urgency(job))
            .StartAt(job is { State: JobState.Running, LeaseUntil: { } end } ? end : Due)
            .WithSimpleSchedule(s => s.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();
        var scheduler = await schedulers.GetScheduler(cancellation);
        await scheduler.ScheduleJob(work, [trigger], new ScheduleJobOptions { Replace = true }, cancellation);
    }

    /// <summary>The same for a job that may be in the store already; such a one stays as it is.</summary>
    public async Task AddIfMissingAsync(JobRecord job, CancellationToken cancellation)
    {
        var scheduler = await schedulers.GetScheduler(cancellation);
        if (!await scheduler.Exists(new JobKey(Name(job)), cancellation)) await AddAsync(job, cancellation);
    }

    /// <summary>Higher runs first: the job's priority, then the earlier job.</summary>
    internal static int Urgency(JobRecord job) => job.Priority * JobsInAPriority - (int)(job.Id % JobsInAPriority);

    private static string Name(JobRecord job) => job.Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// What Quartz runs: one job, supervised until it is done or stopped. A job that is still to be done then stays in the store: this
/// service is stopping, or another worker, perhaps a dead one, still holds the job's lease.
/// </summary>
internal sealed partial class RunJob(JobSupervisor supervisor, JobStore jobs, JobSchedule schedule, IHostApplicationLifetime life,
    ILogger<RunJob> logger) : IJob
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var id = long.Parse(context.JobDetail.Key.Name, CultureInfo.InvariantCulture);
        try
        {
            await supervisor.RunAsync(id, cancellationToken);
            // This machine must not take the job at once again.
            if (life.ApplicationStopping.IsCancellationRequested) await context.Scheduler.Standby(CancellationToken.None);
            if (await jobs.FindAsync(id, CancellationToken.None) is { } job) await schedule.AddAsync(job, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(logger, e, id); // the database is not reachable, for example
            await Task.Delay(Pause, cancellationToken);
            throw new JobExecutionException(e) { RefireImmediately = true };
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} could not be supervised; the service tries again")]
    private static partial void Failed(ILogger logger, Exception exception, long job);
}

/// <summary>
/// Runs the scheduler from when the service has started, so not where its address is taken, to its end. First it schedules the jobs
/// that Quartz's store lacks: the service ended between writing the table and scheduling, or the store was deleted or is older than
/// the table.
/// </summary>
internal sealed class JobStartup(JobStore jobs, JobSchedule schedule, ISchedulerFactory schedulers,
    IOptions<WorkerOptions> worker, ServiceMetrics metrics) : IHostedLifecycleService
{
    private IScheduler? _scheduler;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _scheduler = await schedulers.GetScheduler(cancellationToken);
        metrics.ObserveJobs(jobs.Count);
        foreach (var job in await jobs.ActiveAsync(cancellationToken)) await schedule.AddIfMissingAsync(job, cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (worker.Value.Enabled) await _scheduler!.Start(cancellationToken);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _scheduler, null) is { } scheduler)
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
