using CaptionTL.Service.Api;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>Loads the default model once the service answers, so that whoever asks first does not wait for it.</summary>
internal sealed class WarmUp(ModelHost models, IHostApplicationLifetime lifetime, IOptions<ServingOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.WarmUp) return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            await using var model = await models.CaptionerAsync(null);
        }
        catch (Exception e) when (e is ApiException or CaptionTLException)
        {
            // Whoever asks is told; /health/ready says so too.
        }
    }
}
