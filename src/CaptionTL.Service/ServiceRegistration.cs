using CaptionTL.Service.Api;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Embeddings;
using CaptionTL.Service.Fetching;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Security;
using CaptionTL.Service.Serving;
using CaptionTL.Service.Similar;
using CaptionTL.Service.Storage;
using CaptionTL.Service.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service;

/// <summary>The whole service: what a host adds and maps.</summary>
public static class ServiceRegistration
{
    public static IHostApplicationBuilder AddCaptionTL(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServiceOptions>().BindConfiguration(ServiceOptions.Section);
        builder.AddHosting();
        builder.AddApi();
        builder.AddStorage();
        builder.AddTelemetry();
        builder.AddSecurity();
        builder.AddFetching();
        builder.AddServing();
        builder.AddDataSets();
        builder.AddRegistry();
        builder.AddJobs();
        builder.AddSimilar();
        return builder;
    }

    public static WebApplication MapCaptionTL(this WebApplication app)
    {
        app.MapApi();
        app.MapSecurity();
        app.MapServing();
        app.MapRegistry();
        app.MapJobs();
        app.MapDataSets();
        app.MapSimilar();
        app.MapEmbeddings();
        return app;
    }
}
