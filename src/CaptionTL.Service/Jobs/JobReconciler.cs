using CaptionTL.Service.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Keeps the scheduler's store and the jobs table together: every waiting job, and every job whose worker is gone or has let its lease run out,
/// is scheduled. Both are right after any crash: the table says what should be, and scheduling what is scheduled changes nothing. Counts the
/// jobs for telemetry on the way.
/// </summary>
internal sealed partial class JobReconciler(
    JobStore jobs, JobLeases leases, JobSchedule schedule, ServiceMetrics metrics, TimeProvider clock, IOptions<WorkerOptions> options, ILogger<JobReconciler> logger) : BackgroundService
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
