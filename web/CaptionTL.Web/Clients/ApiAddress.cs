using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CaptionTL.Web.Clients;

/// <summary>Where the API is: as configured, or this host itself.</summary>
internal sealed class ApiAddress(IServer server, IOptions<WebOptions> options)
{
    private Uri? _address;

    public Uri Value => _address ??= options.Value.Api ?? OwnAddress();

    private Uri OwnAddress()
    {
        var all = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var own = all.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? all.FirstOrDefault()
            ?? throw new InvalidOperationException($"The server listens nowhere; set {WebOptions.Section}:Api to the address of the API.");
        var address = BindingAddress.Parse(own);
        var everywhere = address.Host is "+" or "*" or "0.0.0.0" or "[::]";
        return new UriBuilder(address.Scheme, everywhere ? "localhost" : address.Host, address.Port, address.PathBase + "/").Uri;
    }
}
