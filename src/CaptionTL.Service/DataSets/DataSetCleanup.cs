using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.DataSets;

/// <summary>Now and then removes what crashes and senders that gave up have left.</summary>
internal sealed partial class DataSetCleanup(DataSetStore store, UploadParts parts, TimeProvider clock, ILogger<DataSetCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                try
                {
                    StagingFolder.RemoveLeftovers(store.StagingRoot);
                    parts.RemoveExpired();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    LogFailed(logger, e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Left-over uploads could not be removed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
