using System.Collections.Concurrent;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;
using CaptionTL.Service.Tests.Registry;

namespace CaptionTL.Service.Tests.Telemetry;

/// <summary>What a collector hears of real work: a captioned image, a job, a promotion, a key.</summary>
[Collection("jobs")]
public sealed class WorkTelemetryTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_OfRealWork_HasItsNumbersSpansAndLogs()
    {
        using var folder = JobsService.Folder();
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await Collector.StartAsync(received);
        var (service, jobs) = await JobsService.StartAsync(folder.Path, $"CaptionTL:Telemetry:Otlp={collector.Urls.Single()}",
            "CaptionTL:Telemetry:MetricsEvery=00:10:00");
        await using (service)
        {
            using var image = Samples.Raw("coffee.png");
            (await service.Http.PostAsync("/api/v1/caption?beam=1", image, Cancellation)).EnsureSuccessStatusCode().Dispose();
            await jobs.UploadAsync(imagesPerClass: 2);
            await jobs.WaitAsync((await jobs.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic" })).Id,
                JobState.Succeeded);
            for (var i = 0; i < 2; i++) await Published.AddAsync(service, "mine");
            (await service.Http.PostAsJsonAsync("/api/v1/models/mine/promote", new { version = 2 }, Cancellation))
                .EnsureSuccessStatusCode().Dispose();
            (await service.Http.PostAsync("/api/v1/models/mine/rollback", null, Cancellation)).EnsureSuccessStatusCode().Dispose();
            var key = await (await service.Http.PostAsJsonAsync("/api/v1/keys", new { name = "guest", scopes = (string[])["caption"] },
                Cancellation)).ReadAsync<NewKey>(System.Net.HttpStatusCode.Created);
            (await service.Http.DeleteAsync($"/api/v1/keys/{key.Info.Prefix}", Cancellation)).EnsureSuccessStatusCode().Dispose();
            received.GetValueOrDefault("/v1/logs", "").ShouldNotContain(key.Key);
        }

        foreach (var name in (string[])["captiontl.images", "captiontl.queue.depth", "captiontl.batch.size", "captiontl.stage.duration",
            "captiontl.job.states", "succeeded"])
            received["/v1/metrics"].ShouldContain(name);
        foreach (var name in (string[])["batch", "images", "attempt", "embed", "succeeded"]) received["/v1/traces"].ShouldContain(name);
        foreach (var text in (string[])["Job {Job}: attempt {Attempt}", "Job {Job} ({Kind}): {State}", "promoted by {By}",
            "back from version {Version}", "made by {By}", "revoked by {By}", "guest"])
            received["/v1/logs"].ShouldContain(text);
    }
}
