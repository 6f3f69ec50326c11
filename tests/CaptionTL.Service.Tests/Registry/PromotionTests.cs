using System.Collections.Concurrent;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Registry;

/// <summary>What askers see of a model whose versions change while they ask.</summary>
[Collection("jobs")]
public sealed class PromotionTests
{
    private const int Clients = 8;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(1)] // the old version makes room while it still answers
    public async Task Promotion_WhileEightClientsAsk_FailsNoRequest(int loaded)
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Worker:Enabled=false", "CaptionTL:Serving:CachedAnswers=0",
            $"CaptionTL:Serving:LoadedModels={loaded}");
        for (var i = 0; i < 3; i++) await Published.AddAsync(service, "mine");
        var (versions, counts) = (new ConcurrentDictionary<int, int>(), new int[Clients]);
        using var enough = new CancellationTokenSource();

        var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                versions.AddOrUpdate(await AskAsync(service), 1, (_, n) => n + 1);
                Interlocked.Increment(ref counts[i]);
            }
        }, Cancellation)).ToList();
        await OnceAroundAsync();
        await ChangeAsync(service, HttpMethod.Post, "promote", new { version = 2 });
        (await AskAsync(service)).ShouldBe(2);
        await OnceAroundAsync();
        await ChangeAsync(service, HttpMethod.Post, "rollback");
        (await AskAsync(service)).ShouldBe(1);
        await OnceAroundAsync();
        await ChangeAsync(service, HttpMethod.Delete, "versions/3");
        await ChangeAsync(service, HttpMethod.Post, "promote", new { version = 2 });
        // The one that answered until now, and perhaps still does.
        await ChangeAsync(service, HttpMethod.Delete, "versions/1");
        (await AskAsync(service)).ShouldBe(2);
        await OnceAroundAsync();
        await enough.CancelAsync();

        await Task.WhenAll(clients); // a request that fails fails its client
        versions.Keys.Order().ShouldBe([1, 2]);

        // Until every client has had two more answers: one of them was asked for after this began.
        async Task OnceAroundAsync()
        {
            var before = counts.ToArray();
            while (Enumerable.Range(0, Clients).Any(i => Volatile.Read(ref counts[i]) < before[i] + 2))
            {
                if (clients.Find(c => c.IsFaulted) is { } failed) await failed;
                await Task.Delay(5, Cancellation);
            }
        }
    }

    private static async Task<int> AskAsync(TestService service)
    {
        using var image = new ByteArrayContent(TestImages.Jpeg(1));
        using var response = await service.Http.PostAsync("/api/v1/caption?model=mine&beam=1", image, Cancellation);
        var answer = await response.ReadAsync<CaptionAnswer>();
        answer.Results[0].Caption.ShouldNotBeNullOrEmpty();
        return answer.Model.Version;
    }

    private static async Task ChangeAsync(TestService service, HttpMethod method, string what, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/models/mine/{what}") { Content = body is null ? null
            : JsonContent.Create(body) };
        using var response = await service.Http.SendAsync(request, Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
    }
}
