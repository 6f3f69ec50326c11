namespace CaptionTL.Service.Telemetry;

/// <summary>Where numbers, traces and logs go; section "CaptionTL:Telemetry".</summary>
public sealed class TelemetryOptions
{
    public const string Section = ServiceOptions.Section + ":Telemetry";

    /// <summary>Address of an OpenTelemetry collector that takes OTLP by HTTP: http://localhost:4318. The variables OTEL_EXPORTER_OTLP_… do the same where this is not set.</summary>
    public string? Otlp { get; set; }

    /// <summary>How often numbers are sent.</summary>
    public TimeSpan MetricsEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Logs on the console as JSON, an object a line.</summary>
    public bool JsonLogs { get; set; }
}
