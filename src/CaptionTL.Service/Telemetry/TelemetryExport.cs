using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CaptionTL.Service.Telemetry;

/// <summary>Sends numbers and traces by OTLP where a collector is named; the last ones when the service ends.</summary>
internal sealed class TelemetryExport(IOptions<TelemetryOptions> options) : IHostedService, IDisposable
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>.NET's own numbers: requests, connections, limits, outgoing requests, memory.</summary>
    private static readonly string[] Meters =
        [ServiceMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Diagnostics", "System.Net.Http", "System.Runtime"];

    private static readonly string[] Sources = [ServiceMetrics.Name, "Microsoft.AspNetCore", "System.Net.Http"];

    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public static bool IsWanted(TelemetryOptions options) => options.Otlp is not null || Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWanted(options.Value)) return Task.CompletedTask;
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Meters).AddOtlpExporter((exporter, reader) =>
        {
            Configure(exporter, "v1/metrics", options.Value);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Value.MetricsEvery.TotalMilliseconds;
        }).Build();
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(Sources).AddOtlpExporter(exporter => Configure(exporter, "v1/traces", options.Value)).Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After everything else has stopped: what it said last is sent too.</summary>
    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    public static void Describe(ResourceBuilder resource) => resource.AddService("captiontl", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3));

    public static void Configure(OtlpExporterOptions exporter, string path, TelemetryOptions options)
    {
        if (options.Otlp is null) return; // the variables say where
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{options.Otlp.TrimEnd('/')}/{path}");
    }
}
