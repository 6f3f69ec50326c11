using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CaptionTL.Web.Clients;

/// <summary>Events that the API sends as they happen.</summary>
internal static class ServerEvents
{
    /// <summary>Data of the events of one type, until the stream ends.</summary>
    public static async IAsyncEnumerable<T> EventsAsync<T>(this ApiClient api, string path, string type, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await api.SendAsync(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
            if (item.EventType == type && JsonSerializer.Deserialize<T>(item.Data, ApiJson.Options) is { } value) yield return value;
    }
}
