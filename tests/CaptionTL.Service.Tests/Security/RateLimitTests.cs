using System.Net;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Security;

public sealed class RateLimitTests
{
    private const string Sets = "/api/v1/datasets";

    [Fact]
    public async Task Requests_BeyondTheRate_AreToldWhenToComeAgain()
    {
        // One request a minute comes free, on top of the two at once.
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:RequestsPerMinute=1",
            "CaptionTL:Security:Burst=2");

        (await service.Http.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Http.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var third = await service.Http.GetAsync(Sets);
        third.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await third.ProblemAsync(HttpStatusCode.TooManyRequests)).ShouldBe("too_many_requests");
    }

    [Fact]
    public async Task Requests_OfOneKey_DoNotUseUpAnothers()
    {
        using var folder = new TemporaryFolder();
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = folder.Path }, new StorageOptions());
        var (first, second) = ((await store.CreateAsync("first", ["train"])).Key, (await store.CreateAsync("second", ["train"])).Key);
        await using var service = await TestService.StartAsync(folder.Path, "CaptionTL:Security:RequireKeys=true",
            "CaptionTL:Security:RequestsPerMinute=1", "CaptionTL:Security:Burst=1");

        (await GetAsync(service, first)).ShouldBe(HttpStatusCode.OK);
        (await GetAsync(service, first)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await GetAsync(service, second)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(1200)]
    [InlineData(100_000)]
    public void Bucket_OfAnyRate_FillsWithAsManyAMinute(int perMinute)
    {
        var bucket = RateLimits.Bucket(perMinute, burst: 0);

        (bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalMinutes).ShouldBe(perMinute, 0.001 * perMinute);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/v2/health/live")]
    public async Task Health_IsNotLimited(string path)
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:RequestsPerMinute=1",
            "CaptionTL:Security:Burst=1");

        for (var i = 0; i < 5; i++) (await service.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.Http.GetAsync(Sets);
        (await service.Http.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Requests_OnThisMachineWithoutKeys_AreNotLimited()
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:Burst=1");

        for (var i = 0; i < 50; i++) (await service.Http.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> GetAsync(TestService service, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Sets) { Headers = { { "X-Api-Key", key } } };
        return (await service.Http.SendAsync(request)).StatusCode;
    }
}
