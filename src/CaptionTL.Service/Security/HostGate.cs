using System.Net;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>
/// Refuses requests under foreign host names, which somebody else may have pointed at this machine (DNS rebinding), and changes asked
/// for by pages of other sites (cross-site request forgery).
/// </summary>
internal sealed class HostGate(RequestDelegate next, IOptions<SecurityOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwnName(request.Host.Host, context.Connection.LocalIpAddress))
            throw new ApiException(StatusCodes.Status421MisdirectedRequest, "host_not_allowed",
                "This service does not answer under that name.",
                $"Use localhost, or add the name to the setting {SecurityOptions.Section}:AllowedHosts.");
        if ((!IsHarmless(request.Method) || request.Headers.Upgrade.Count > 0) && IsForeign(request))
            throw new ApiException(403, "origin_not_allowed", "Pages of other sites may not call this service.",
                $"Add the site's origin to the setting {SecurityOptions.Section}:AllowedOrigins.");
        return next(context);
    }

    private bool IsOwnName(string name, IPAddress? local)
    {
        if (options.Value.AllowedHosts.Contains(name, StringComparer.OrdinalIgnoreCase)) return true;
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))) return true;
        // Requests from other machines need a key, which a foreign page does not have.
        return options.Value.AllowedHosts.Count == 0 && local is not null && !IPAddress.IsLoopback(local);
    }

    private bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return request.Headers["Sec-Fetch-Site"] == "cross-site";
        if (options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)) return false;
        return !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            || !uri.Authority.Equals(WithoutDefaultPort(request), StringComparison.OrdinalIgnoreCase);
    }

    private static string WithoutDefaultPort(HttpRequest request) =>
        request.Host.Port == (request.IsHttps ? 443 : 80) ? request.Host.Host : request.Host.Value ?? "";

    private static bool IsHarmless(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)
        || HttpMethods.IsOptions(method);
}

/// <summary>
/// Ends a start where keys are required and none exists. It looks at the addresses that are really listened on, however they were
/// configured; until then every request is refused for lack of a key.
/// </summary>
internal sealed class BindingGuard(KeyRequirement requirement, ApiKeyStore keys, IOptions<ServiceOptions> options)
    : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!requirement.IsRequired || await keys.AnyAsync(cancellationToken)) return;
        var reason = requirement.OffHost.Count > 0 ? $"{string.Join(", ", requirement.OffHost)} can be reached from other machines"
            : "API keys are required by the settings";
        throw new CaptionTLException($"{reason}, and there is no API key yet. Make one with\n  captiontl keys create --name NAME "
            + $"--scopes caption,train --data {options.Value.In()}\nthen start again"
            + (requirement.OffHost.Count > 0 ? "; or listen on this machine only: --urls http://127.0.0.1:8080" : "."));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
