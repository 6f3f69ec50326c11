using System.Net.Http.Headers;
using System.Text.Json;
using CaptionTL.Web.Security;
using Microsoft.AspNetCore.Mvc;

namespace CaptionTL.Web.Clients;

/// <summary>What the typed clients share: the visitor's key, JSON, and failures as <see cref="ApiFailure"/>.</summary>
public sealed class ApiClient(HttpClient http, Visitor visitor)
{
    public Task<T> GetAsync<T>(string path, CancellationToken cancel = default) => SendAsync<T>(HttpMethod.Get, path, null, cancel);

    public Task<T> PostAsync<T>(string path, object? body = null, CancellationToken cancel = default) =>
        SendAsync<T>(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body, options: ApiJson.Options), cancel);

    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await SendAsync(request, cancel);
        return await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancel) ?? throw new ApiFailure((int)response.StatusCode, "empty_answer", "The service answered with nothing.");
    }

    /// <summary>For answers that nobody reads.</summary>
    public async Task SendAsync(HttpMethod method, string path, object? body = null, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: ApiJson.Options) };
        (await SendAsync(request, cancel)).Dispose();
    }

    /// <summary>The answer as soon as its head is there; successful, the caller disposes of it.</summary>
    /// <exception cref="ApiFailure">The service said no, or could not be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (visitor.Key is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException e)
        {
            throw new ApiFailure(0, "unreachable", "The service cannot be reached.", "Try again in a moment.", e);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ReadFailureAsync(response, cancel);
    }

    private static async Task<ApiFailure> ReadFailureAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(ApiJson.Options, cancel);
            return new ApiFailure(status, Text(problem, "code") ?? "request_refused", problem?.Title ?? response.ReasonPhrase ?? "The service said no.", Text(problem, "hint") ?? problem?.Detail);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new ApiFailure(status, "request_refused", $"The service answered {status} {response.ReasonPhrase}.");
        }
    }

    private static string? Text(ProblemDetails? problem, string name) => problem?.Extensions.TryGetValue(name, out var value) == true ? value?.ToString() : null;
}
