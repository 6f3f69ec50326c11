using System.Globalization;
using CaptionTL.Service.Jobs.Supervision;
using CaptionTL.Service.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Keeps the scheduler's store and the jobs table together: every waiting job, and every job whose worker is gone or has let its lease run
/// out, is scheduled. Both are right after any crash: the table says what should be, and scheduling what is scheduled changes nothing.
/// Counts the jobs for telemetry on the way.
/// </summary>
internal sealed partial class JobReconciler(
    JobStore jobs, JobLeases leases, JobSchedule schedule, ServiceMetrics metrics, TimeProvider clock, IOptions<WorkerOptions> options,
        ILogger<JobReconciler> logger) : BackgroundService
{
    private volatile IReadOnlyDictionary<string, int> _counts = new Dictionary<string, int>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObserveJobs(() => _counts);
        using var timer = new PeriodicTimer(options.Value.Lease / 5, clock);
        do
        {
            try
            {
                _counts = await jobs.CountAsync(stoppingToken);
                await leases.EndOfTheDeadAsync(stoppingToken);
                await jobs.SettleAsync(stoppingToken);
                foreach (var job in await jobs.WaitingAsync(stoppingToken)) await schedule.AddAsync(job, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e); // the data base is away for a while, say
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting jobs could not be scheduled; tried again soon")]
    private static partial void Failed(ILogger logger, Exception exception);
}

/// <summary>Puts jobs into the scheduler's store, from which the workers take them.</summary>
internal sealed class JobSchedule(ISchedulerFactory schedulers)
{
    // The scheduler takes what was due first, and looks at priorities only between equals: all jobs are due at the same time.
    private static readonly DateTimeOffset Due = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // More than jobs ever wait, little enough for 100 times it to be an int.
    private const int JobsInAPriority = 10_000_000;

    /// <summary>Lets the next free worker take the job; one that is there already stays.</summary>
    public async Task AddAsync(JobRecord job, CancellationToken cancellation)
    {
        var scheduler = await schedulers.GetScheduler(cancellation);
        var name = job.Id.ToString(CultureInfo.InvariantCulture);
        if (await scheduler.Exists(new TriggerKey(name), cancellation)) return;
        var work = JobBuilder.Create<RunJob>().WithIdentity(name).RequestRecovery().DisallowConcurrentExecution().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(name).ForJob(work).StartAt(Due).WithPriority(Urgency(job))
            .WithSimpleSchedule(s => s.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();
        await scheduler.ScheduleJob(work, [trigger], new ScheduleJobOptions { Replace = true }, cancellation);
    }

    /// <summary>Takes a job that is not to run out again.</summary>
    public async Task RemoveAsync(long id, CancellationToken cancellation)
    {
        var scheduler = await schedulers.GetScheduler(cancellation);
        await scheduler.UnscheduleJob(new TriggerKey(id.ToString(CultureInfo.InvariantCulture)), cancellation);
    }

    /// <summary>Higher runs first: the job's priority, then who came first.</summary>
    internal static int Urgency(JobRecord job) => job.Priority * JobsInAPriority - (int)(job.Id % JobsInAPriority);
}
