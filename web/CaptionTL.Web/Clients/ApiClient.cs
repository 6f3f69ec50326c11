using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.Web.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

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
        return await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancel)
            ?? throw new ApiFailure((int)response.StatusCode, "empty_answer", "The service answered with nothing.");
    }

    /// <summary>For answers that nobody reads.</summary>
    public async Task SendAsync(HttpMethod method, string path, object? body = null, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null
            : JsonContent.Create(body, options: ApiJson.Options) };
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
            return new ApiFailure(status, Text(problem, "code") ?? "request_refused", problem?.Title ?? response.ReasonPhrase
                ?? "The service said no.", Text(problem, "hint") ?? problem?.Detail);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new ApiFailure(status, "request_refused", $"The service answered {status} {response.ReasonPhrase}.");
        }
    }

    private static string? Text(ProblemDetails? problem, string name) => problem?.Extensions.TryGetValue(name, out var value) == true
        ? value?.ToString() : null;
}

/// <summary>Where the API is: as configured, or this host itself.</summary>
internal sealed class ApiAddress(IServer server, IOptions<WebOptions> options)
{
    private Uri? _address;

    public Uri Value => _address ??= options.Value.Api ?? OwnAddress();

    private Uri OwnAddress()
    {
        var all = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var own = all.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? all.FirstOrDefault()
            ?? throw new InvalidOperationException($"The server listens nowhere; set {WebOptions.Section}:Api to the address of the API.");
        var address = BindingAddress.Parse(own);
        var everywhere = address.Host is "+" or "*" or "0.0.0.0" or "[::]";
        return new UriBuilder(address.Scheme, everywhere ? "localhost" : address.Host, address.Port, address.PathBase + "/").Uri;
    }
}

/// <summary>The API said no, or could not be reached; says why and what to do, for the page.</summary>
/// <param name="status">HTTP status; 0 where there was no answer.</param>
/// <param name="code">For programs: "image_damaged".</param>
/// <param name="message">For people.</param>
/// <param name="hint">What to do next.</param>
public sealed class ApiFailure(int status, string code, string message, string? hint = null, Exception? inner = null)
    : Exception(message, inner)
{
    public int Status => status;

    public string Code => code;

    public string? Hint => hint;

    public bool NeedsKey => status is 401 or 403;
}

/// <summary>JSON as the API writes it.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>For people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Options) { WriteIndented = true };
}

/// <summary>Typed clients of the API, with the visitor's key.</summary>
internal static class ClientRegistration
{
    public static void AddClients(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiAddress>();
        builder.Services.AddHttpClient<ApiClient>((services, http) =>
        {
            http.BaseAddress = services.GetRequiredService<ApiAddress>().Value;
            http.Timeout = TimeSpan.FromMinutes(5); // a first question may load a model
        });
        builder.Services.AddTransient<CaptionClient>();
        builder.Services.AddTransient<ClassifyClient>();
        builder.Services.AddTransient<ModelsClient>();
        builder.Services.AddTransient<DataSetsClient>();
        builder.Services.AddTransient<JobsClient>();
        builder.Services.AddTransient<RunsClient>();
        builder.Services.AddTransient<SimilarClient>();
        builder.Services.AddTransient<KeysClient>();
        builder.Services.AddTransient<CacheClient>();
    }
}

/// <summary>Events that the API sends as they happen.</summary>
internal static class ServerEvents
{
    /// <summary>Data of the events of one type, until the stream ends.</summary>
    public static async IAsyncEnumerable<T> EventsAsync<T>(this ApiClient api, string path, string type,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await api.SendAsync(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
            if (item.EventType == type && JsonSerializer.Deserialize<T>(item.Data, ApiJson.Options) is { } value) yield return value;
    }
}
