using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>Sentences for pictures: POST /api/v1/caption.</summary>
public sealed class CaptionClient(ApiClient api)
{
    /// <summary>One picture's captions.</summary>
    /// <param name="onWords">Told of the caption so far, while it is being written.</param>
    /// <exception cref="ApiFailure">There is no caption; says why.</exception>
    public async Task<CaptionAnswer> CaptionAsync(SentPicture picture, CaptionSettings settings, Action<string> onWords, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent();
        picture.AddTo(form);
        foreach (var (name, value) in settings.Fields()) form.Add(new StringContent(value), name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/caption") { Content = form };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await api.SendAsync(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
        {
            if (item.EventType == "words") onWords(JsonSerializer.Deserialize<LeadingWords>(item.Data, ApiJson.Options)?.Text ?? "");
            if (item.EventType == "problem") throw Failure(JsonSerializer.Deserialize<PictureProblem>(item.Data, ApiJson.Options));
            if (item.EventType == "caption") return Checked(JsonSerializer.Deserialize<CaptionAnswer>(item.Data, ApiJson.Options));
        }
        throw new ApiFailure(502, "answer_cut_off", "The service stopped before the caption was finished.", "Try again.");
    }

    private static CaptionAnswer Checked(CaptionAnswer? answer)
    {
        if (answer is not { Results: [var picture, ..] }) throw new ApiFailure(502, "answer_empty", "The service sent no caption.");
        return picture.Problem is { } problem ? throw Failure(problem) : answer;
    }

    private static ApiFailure Failure(PictureProblem? problem) =>
        new(422, problem?.Code ?? "unknown", problem?.Message ?? "The service gave no caption and no reason.", problem?.Hint);
}
