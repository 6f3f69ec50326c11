using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service.Hosting;

/// <summary>What a host needs to start and fail in plain words.</summary>
internal static class HostingRegistration
{
    public static void AddHosting(this IHostApplicationBuilder builder)
    {
        var filter = new StartupLogFilter();
        filter.AddTo(builder.Logging);
        builder.Services.AddSingleton(filter);
        // What cannot be read of a request becomes a problem like every other failure.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}
