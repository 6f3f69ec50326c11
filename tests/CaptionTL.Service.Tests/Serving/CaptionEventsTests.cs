using System.Net;
using System.Text.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Serving;

/// <summary>Captions word by word, as server-sent events.</summary>
public sealed class CaptionEventsTests(CaptionEndpointTests.Running running) : IClassFixture<CaptionEndpointTests.Running>
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly HttpClient _http = running.Service.Http;

    [Fact]
    public async Task Caption_AsEvents_GrowsWordByWordToTheSameCaption()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            "/api/v1/caption?beam=1&noRepeat=0") { Content = Samples.Raw("astronaut.png"),
            Headers = { { "Accept", "text/event-stream" } } };

        using var response = await _http.SendAsync(request, Cancellation);

        var events = await EventsAsync(response);
        var answer = JsonSerializer.Deserialize<CaptionAnswer>(events[^1].Data, JsonSerializerOptions.Web)!;
        events[^1].Kind.ShouldBe("caption");
        var words = answer.Results[0].Captions![0].Words.Select(w => w.Text).ToList();
        events[..^1].ShouldAllBe(e => e.Kind == "words");
        events[..^1].Select(e => JsonSerializer.Deserialize<LeadingWords>(e.Data, JsonSerializerOptions.Web)!.Text)
            .ShouldBe(Enumerable.Range(1, words.Count).Select(n => string.Join(' ', words.Take(n))));
    }

    [Fact]
    public async Task Caption_OfAnUnreadableImageAsEvents_EndsWithTheProblem()
    {
        using var content = new ByteArrayContent(Samples.Bytes("chelsea.png")[..5000]);

        using var response = await _http.PostAsync("/api/v1/caption?stream=true", content, Cancellation);

        var (kind, data) = (await EventsAsync(response)).ShouldHaveSingleItem();
        kind.ShouldBe("problem");
        JsonSerializer.Deserialize<ImageFailure>(data, JsonSerializerOptions.Web)!.Code.ShouldBe("image_damaged");
    }

    [Fact]
    public async Task Caption_OfTwoImagesAsEvents_TellsWhichEachWordBelongsTo()
    {
        using var form = Samples.Form(("rocket.jpg", Samples.Bytes("rocket.jpg")), ("chelsea.png", Samples.Bytes("chelsea.png")));

        using var response = await _http.PostAsync("/api/v1/caption?stream=true&beam=1&noRepeat=0", form, Cancellation);

        var events = await EventsAsync(response);
        var answer = JsonSerializer.Deserialize<CaptionAnswer>(events[^1].Data, JsonSerializerOptions.Web)!;
        var words = events[..^1].Select(e => JsonSerializer.Deserialize<LeadingWords>(e.Data, JsonSerializerOptions.Web)!).ToList();
        for (var image = 0; image < 2; image++)
            words.Last(w => w.Image == image).Text.ShouldBe(
                string.Join(' ', answer.Results[image].Captions![0].Words.Select(w => w.Text)));
    }

    [Fact]
    public async Task Caption_AsEventsWhenTheQueueIsFull_IsRefusedWithAStatus()
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Serving:QueueLength=1", "CaptionTL:Serving:MaxBatch=1",
            "CaptionTL:Serving:CachedAnswers=0");
        var refused = HttpStatusCode.OK;

        // One in the model, one that waits; among more than that at least one is told at once.
        while (refused == HttpStatusCode.OK)
        {
            var statuses = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
            {
                using var content = Samples.Raw(Samples.Names[i % 4]);
                using var response = await service.Http.PostAsync("/api/v1/caption?stream=true&beam=8&minLength=30", content,
                    Cancellation);
                return response.StatusCode;
            }));
            refused = statuses.Max();
        }

        refused.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task<List<(string Kind, string Data)>> EventsAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return [.. (await response.Content.ReadAsStringAsync(Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(e => e.Split('\n')).Select(e => (e[0]["event: ".Length..], e[1]["data: ".Length..]))];
    }
}
