using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CaptionTL.Service.Telemetry;

/// <summary>
/// Numbers, traces, logs: sent by OTLP where a collector is named, .NET's own among them (requests, connections, limits, outgoing
/// requests, memory). The last ones are sent when the host is disposed of, after everything else has stopped.
/// </summary>
internal static class TelemetryRegistration
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section)
            .Validate(o => o.Otlp is null || IsAddress(o.Otlp), $"{TelemetryOptions.Section}:Otlp is no http address.")
            .Validate(o => o.MetricsEvery >= TimeSpan.FromMilliseconds(100), $"{TelemetryOptions.Section}:MetricsEvery is a tenth of a "
            + $"second at least.")
            .ValidateOnStart();
        builder.Services.AddSingleton<ServiceMetrics>();

        // Providers of logs are chosen before there is a host, hence from the configuration itself.
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (options.JsonLogs)
            builder.Logging.AddJsonConsole(
                json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        if (options.Otlp is { } address ? IsAddress(address) : Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 })
            AddExport(builder.Services, options);
    }

    private static void AddExport(IServiceCollection services, TelemetryOptions options) => services.AddOpenTelemetry()
        .ConfigureResource(
            resource => resource.AddService("captiontl", serviceVersion: typeof(ServiceMetrics).Assembly.GetName().Version?.ToString(3)))
        .WithMetrics(metrics => metrics.AddMeter(ServiceMetrics.Name)
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, "v1/metrics", options);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsEvery.TotalMilliseconds;
            }))
        .WithTracing(traces => traces.AddSource(ServiceMetrics.Name)
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
            .AddOtlpExporter(exporter => Configure(exporter, "v1/traces", options)))
        .WithLogging(logs => logs.AddOtlpExporter(exporter => Configure(exporter, "v1/logs", options)));

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static void Configure(OtlpExporterOptions exporter, string path, TelemetryOptions options)
    {
        if (options.Otlp is null) return; // the variables say where
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{options.Otlp.TrimEnd('/')}/{path}");
    }
}

/// <summary>Where numbers, traces and logs go; section "CaptionTL:Telemetry".</summary>
public sealed class TelemetryOptions
{
    public const string Section = ServiceOptions.Section + ":Telemetry";

    /// <summary>
    /// Address of an OpenTelemetry collector that takes OTLP by HTTP: http://localhost:4318. The variables OTEL_EXPORTER_OTLP_… do the
    /// same where this is not set.
    /// </summary>
    public string? Otlp { get; set; }

    /// <summary>How often numbers are sent.</summary>
    public TimeSpan MetricsEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Logs on the console as JSON, an object a line.</summary>
    public bool JsonLogs { get; set; }
}
