using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>Loads the default model once the service answers, so that whoever asks first does not wait for it.</summary>
internal sealed class WarmUp(Readiness readiness, IHostApplicationLifetime lifetime, IOptions<ServingOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.WarmUp) return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await readiness.IsReadyAsync(); // what is wrong, whoever asks is told; /health/ready says so too
    }
}
