using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Registry;

/// <summary>Reads the registry before the first request, and again and again: another machine may have changed it, or somebody installed a bundle.</summary>
internal sealed partial class RegistryRefresh(ModelRegistry registry, TimeProvider clock, ILogger<RegistryRefresh> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registry.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e); // the data base is away for a while, say: what was known is still good
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The models could not be read anew")]
    private static partial void Failed(ILogger logger, Exception exception);
}
