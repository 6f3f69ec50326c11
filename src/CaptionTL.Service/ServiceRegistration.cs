using CaptionTL.IO;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Fetching;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Security;
using CaptionTL.Service.Serving;
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
        app.MapCache();
        return app;
    }
}

/// <summary>How the service is set up; section "CaptionTL" of the configuration.</summary>
public sealed class ServiceOptions
{
    public const string Section = "CaptionTL";

    /// <summary>Folder of everything the service keeps: data base, data sets, runs, models.</summary>
    public string Data { get; set; } = Path.Combine(AppFolders.Cache, "service");

    /// <summary>Where embeddings are kept; shared with the command line unless set.</summary>
    public string Embeddings { get; set; } = AppFolders.Embeddings;

    /// <summary>Where networks are computed, by the service and by its jobs: "auto", "cpu", "cuda", "cuda:1", "mps".</summary>
    public string Device { get; set; } = ComputeDevice.Auto;

    /// <summary>Arithmetic of the encoders.</summary>
    public Precision Precision { get; set; } = Precision.Auto;

    /// <summary>Name of the model that writes captions until another is promoted; the first installed one when null.</summary>
    public string? Model { get; set; }

    public string In(params string[] parts) => Path.Combine([Path.GetFullPath(Data), .. parts]);
}
