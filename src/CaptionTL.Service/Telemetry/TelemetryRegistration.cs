using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace CaptionTL.Service.Telemetry;

/// <summary>Numbers, traces, logs.</summary>
internal static class TelemetryRegistration
{
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section)
            .Validate(o => o.Otlp is null || Uri.TryCreate(o.Otlp, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https", $"{TelemetryOptions.Section}:Otlp is no http address.")
            .Validate(o => o.MetricsEvery >= TimeSpan.FromMilliseconds(100), $"{TelemetryOptions.Section}:MetricsEvery is a tenth of a second at least.")
            .ValidateOnStart();
        builder.Services.AddSingleton<ServiceMetrics>();
        builder.Services.AddHostedService<TelemetryExport>();

        // Providers of logs are chosen before there is a host, hence from the configuration itself.
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (options.JsonLogs) builder.Logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        if (!TelemetryExport.IsWanted(options) || options.Otlp is { } address && !Uri.TryCreate(address, UriKind.Absolute, out _)) return;
        builder.Logging.AddOpenTelemetry(logs =>
        {
            var resource = ResourceBuilder.CreateDefault();
            TelemetryExport.Describe(resource);
            logs.SetResourceBuilder(resource);
            logs.AddOtlpExporter(exporter => TelemetryExport.Configure(exporter, "v1/logs", options));
        });
    }
}
