using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CaptionTL.Service.Telemetry;

/// <summary>
/// What the service counts and times, under the name "CaptionTL" (OpenTelemetry's naming: lower case, dots, seconds). Safe for many
/// threads.
/// </summary>
public sealed class ServiceMetrics
{
    /// <summary>Of the meter and of the source of traces.</summary>
    public const string Name = "CaptionTL";

    /// <summary>Traces: a span for each batch, job step and the like.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> _images;
    private readonly Histogram<int> _batchSize;
    private readonly UpDownCounter<long> _queueDepth;
    private readonly Histogram<double> _stage;
    private readonly Counter<long> _jobStates;
    private readonly Meter _meter;

    public ServiceMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(Name);
        _images = _meter.CreateCounter<long>("captiontl.images", "{image}", "Images asked about, by task and outcome.");
        _batchSize = _meter.CreateHistogram("captiontl.batch.size", "{image}", "Images computed together.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });
        _queueDepth = _meter.CreateUpDownCounter<long>("captiontl.queue.depth", "{image}", "Images that wait for a batch, by task.");
        _stage = _meter.CreateHistogram("captiontl.stage.duration", "s", "Time of a stage, by stage and task.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
            2, 5, 10] });
        _jobStates = _meter.CreateCounter<long>("captiontl.job.states", "{job}", "Jobs that entered a state, by kind and state.");
    }

    /// <param name="task">"caption" or "classify".</param>
    /// <param name="outcome">"answered", "cached", "refused" (queue full), "failed" (an image that cannot be used), "cancelled".</param>
    /// <param name="count">Images.</param>
    public void Images(string task, string outcome, int count = 1) => _images.Add(count, new("task", task), new("outcome", outcome));

    /// <summary>A batch was computed.</summary>
    public void Batch(string task, int size) => _batchSize.Record(size, new KeyValuePair<string, object?>("task", task));

    /// <summary>Images entered (above 0) or left (below 0) the queue.</summary>
    public void Queued(string task, int change) => _queueDepth.Add(change, new KeyValuePair<string, object?>("task", task));

    /// <param name="task">"caption" or "classify".</param>
    /// <param name="stage">"read", "wait", "model".</param>
    /// <param name="time">How long it took.</param>
    public void Stage(string task, string stage, TimeSpan time) =>
        _stage.Record(time.TotalSeconds, new("task", task), new("stage", stage));

    /// <param name="kind">"train", "embed" …</param>
    /// <param name="state">The state it is in now.</param>
    public void JobEntered(string kind, string state) => _jobStates.Add(1, new("kind", kind), new("state", state));

    /// <summary>Jobs by state, asked for whenever numbers are read. To be called once.</summary>
    /// <param name="count">State and number of jobs in it; must be quick.</param>
    public void ObserveJobs(Func<IEnumerable<KeyValuePair<string, int>>> count)
    {
        ArgumentNullException.ThrowIfNull(count);
        _meter.CreateObservableGauge("captiontl.jobs", () => count()
            .Select(p => new Measurement<int>(p.Value, new KeyValuePair<string, object?>("state", p.Key))), "{job}", "Jobs, by state.");
    }
}
