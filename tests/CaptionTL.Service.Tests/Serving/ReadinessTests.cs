using System.IO.Compression;
using System.Net;
using System.Text.Json;
using CaptionTL.Models;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Tests.Registry;
using CaptionTL.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace CaptionTL.Service.Tests.Serving;

/// <summary>What a service says of itself to those who route requests to it.</summary>
[Collection("jobs")]
public sealed class ReadinessTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_WithoutAnyModel_IsLiveAndNotReady()
    {
        await using var service = await TestService.StartAsync(null, builder =>
            builder.Services.AddSingleton(new InstalledBundles([])), "CaptionTL:Worker:Enabled=false");

        await NotReadyAsync(service);
    }

    [Fact]
    public async Task Health_WithADefaultModelWhoseCanaryIsAnother_IsLiveAndNotReady()
    {
        using var folder = new TemporaryFolder();
        var altered = folder.File("altered.captiontl");
        File.Copy(InstalledModels.All[0], altered);
        using (var zip = ZipFile.Open(altered, ZipArchiveMode.Update))
        {
            // The embedding is that of the canary's image; this is another image.
            zip.GetEntry(ModelBundle.CanaryImageEntry)!.Delete();
            using var entry = zip.CreateEntry(ModelBundle.CanaryImageEntry).Open();
            entry.Write(Samples.Bytes("coffee.png"));
        }
        await using var service = await TestService.StartAsync(null, "CaptionTL:Worker:Enabled=false");
        await ReadyAsync(service);
        await Published.AddAsync(service, "altered", altered);

        (await service.Http.PostAsync("/api/v1/models/altered/default", null, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await NotReadyAsync(service);
    }

    [Fact]
    public async Task KServe_OfAServiceWithItsModel_HasTheProtocolsShapes()
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Worker:Enabled=false");

        await ReadyAsync(service);
        var server = await service.Http.GetAsync<JsonElement>("/v2");
        server.GetProperty("name").GetString().ShouldBe("captiontl");
        server.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        server.GetProperty("extensions").GetArrayLength().ShouldBe(0);
        (await service.Http.GetStringAsync("/v2/health/live", Cancellation)).ShouldBe("{\"live\":true}");
        (await service.Http.GetStringAsync("/v2/models/flickr8k-lite0/ready", Cancellation))
            .ShouldBe("{\"name\":\"flickr8k-lite0\",\"ready\":true}");
        (await (await service.Http.GetAsync("/v2/models/nobody/ready", Cancellation)).ProblemAsync(HttpStatusCode.NotFound))
            .ShouldBe("not_found");
    }

    private static async Task ReadyAsync(TestService service)
    {
        foreach (var path in (string[])["/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"])
            (await service.Http.GetAsync(path, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
    }

    private static async Task NotReadyAsync(TestService service)
    {
        (await service.Http.GetAsync("/health/live", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Http.GetAsync("/v2/health/live", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Http.GetAsync("/health/ready", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var ready = await service.Http.GetAsync("/v2/health/ready", Cancellation);
        (ready.StatusCode, await ready.Content.ReadAsStringAsync(Cancellation))
            .ShouldBe((HttpStatusCode.ServiceUnavailable, "{\"ready\":false}"));
    }
}
