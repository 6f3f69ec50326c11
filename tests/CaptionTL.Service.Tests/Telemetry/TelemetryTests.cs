using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Export_ToACollector_SendsNumbersTracesAndLogs_TheLastOnesAtTheEnd()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await Collector.StartAsync(received);
        await using (var service = await TestService.StartAsync(null, $"CaptionTL:Telemetry:Otlp={collector.Urls.Single()}",
            "CaptionTL:Telemetry:MetricsEvery=00:10:00"))
        {
            var metrics = service.Get<ServiceMetrics>();
            metrics.Images("caption", "answered", 3);
            metrics.Batch("caption", 3);
            metrics.Stage("caption", "model", TimeSpan.FromMilliseconds(20));
            using (ServiceMetrics.Activities.StartActivity("batch")) await service.Http.GetAsync("/api/v1/datasets");
        }

        foreach (var name in (string[])["captiontl.images", "captiontl.batch.size", "captiontl.stage.duration",
            "http.server.request.duration", "http.client.request.duration", "captiontl"])
            received["/v1/metrics"].ShouldContain(name);
        received["/v1/traces"].ShouldContain("batch");
    }

    [Fact]
    public async Task Metrics_OfQueueAndJobs_GiveWhatIsThereNow()
    {
        await using var service = await TestService.StartAsync();
        var metrics = service.Get<ServiceMetrics>();
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) =>
            { if (instrument.Meter.Name == ServiceMetrics.Name
            && instrument.Meter.Scope == service.Get<IMeterFactory>()) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            seen.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen[$"{instrument.Name} {tags[0].Value}"] = value);
        metrics.ObserveJobs(() => [new("running", 2), new("waiting", 5)]);
        listener.Start();

        metrics.Queued("caption", 4);
        metrics.Queued("caption", -3);
        metrics.JobEntered("train", "running");
        listener.RecordObservableInstruments();

        seen["captiontl.queue.depth"].ShouldBe(1);
        seen["captiontl.job.states"].ShouldBe(1);
        (seen["captiontl.jobs running"], seen["captiontl.jobs waiting"]).ShouldBe((2, 5));
    }

    [Fact]
    public async Task Start_WithAnAddressThatIsNone_IsRefused()
    {
        using var folder = new CaptionTL.Tests.TemporaryFolder();

        (await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            TestService.StartAsync(folder.Path, "CaptionTL:Telemetry:Otlp=nowhere"))).Message.ShouldContain("Otlp");
    }
}
