using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>
/// Refuses to go on where keys are asked for and there is none. It looks at the addresses really listened on, whatever they were
/// configured by; in the moment before, every request is refused for lack of a key.
/// </summary>
internal sealed class BindingGuard(KeyRequirement requirement, ApiKeyStore keys, IOptions<ServiceOptions> options) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!requirement.IsRequired || await keys.AnyAsync(cancellationToken)) return;
        var reason = requirement.OffHost.Count > 0 ? $"{string.Join(", ", requirement.OffHost)} can be reached from other machines" : "API keys are required by the settings";
        throw new CaptionTLException($"{reason}, and there is no API key yet. Make one with\n  captiontl keys create --name NAME --scopes caption,train --data {options.Value.In()}\nthen start again"
            + (requirement.OffHost.Count > 0 ? "; or listen on this machine only: --urls http://127.0.0.1:8080" : "."));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
