using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Keeps the scheduler's store and the jobs table together: every waiting job, and every job whose worker has let its lease run out, is
/// scheduled. Both are right after any crash: the table says what should be, and scheduling what is scheduled changes nothing.
/// </summary>
internal sealed partial class JobReconciler(JobStore jobs, JobSchedule schedule, TimeProvider clock, IOptions<WorkerOptions> options, ILogger<JobReconciler> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Lease / 5, clock);
        do
        {
            try
            {
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
