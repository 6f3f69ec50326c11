using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>Whether keys are asked for: where the service can be reached from other machines, or where the settings say so.</summary>
internal sealed class KeyRequirement(IOptions<SecurityOptions> options, IServer server, IHostApplicationLifetime lifetime)
{
    private IReadOnlyList<string>? _offHost;

    public bool IsRequired => options.Value.RequireKeys || OffHost.Count > 0;

    /// <summary>Addresses listened on that other machines reach; remembered as soon as all are bound.</summary>
    public IReadOnlyList<string> OffHost
    {
        get
        {
            if (_offHost is { } known) return known;
            IReadOnlyList<string> found = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? []).Where(a => !IsLocal(a))];
            if (lifetime.ApplicationStarted.IsCancellationRequested) _offHost = found;
            return found;
        }
    }

    internal static bool IsLocal(string address)
    {
        var host = BindingAddress.Parse(address);
        if (host.IsUnixPipe || host.IsNamedPipe || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host.Host, out var ip) && IPAddress.IsLoopback(ip);
    }
}
