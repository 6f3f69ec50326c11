using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using CaptionTL.Captions;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>Sentences for images: POST /api/v1/caption.</summary>
public sealed class CaptionClient(ApiClient api)
{
    /// <summary>One image's captions.</summary>
    /// <param name="onWords">Told of the caption so far, while it is being written.</param>
    /// <exception cref="ApiFailure">There is no caption; says why.</exception>
    public async Task<CaptionAnswer> CaptionAsync(SentImage image, CaptionSettings settings, Action<string> onWords,
        CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent();
        image.AddTo(form);
        foreach (var (name, value) in settings.Fields()) form.Add(new StringContent(value), name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/caption") { Content = form };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await api.SendAsync(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
        {
            if (item.EventType == "words") onWords(JsonSerializer.Deserialize<LeadingWords>(item.Data, ApiJson.Options)?.Text ?? "");
            if (item.EventType == "problem") throw Failure(JsonSerializer.Deserialize<ImageFailure>(item.Data, ApiJson.Options));
            if (item.EventType == "caption") return Checked(JsonSerializer.Deserialize<CaptionAnswer>(item.Data, ApiJson.Options));
        }
        throw new ApiFailure(502, "answer_cut_off", "The service stopped before the caption was finished.", "Try again.");
    }

    private static CaptionAnswer Checked(CaptionAnswer? answer)
    {
        if (answer is not { Results: [var image, ..] }) throw new ApiFailure(502, "answer_empty", "The service sent no caption.");
        return image.Problem is { } problem ? throw Failure(problem) : answer;
    }

    private static ApiFailure Failure(ImageFailure? problem) =>
        new(422, problem?.Code ?? "unknown", problem?.Message ?? "The service gave no caption and no reason.", problem?.Hint);
}

/// <summary>Which model captions images, and how.</summary>
public sealed class CaptionSettings
{
    /// <summary>"bees" or "bees@3"; the default model when null.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// What the visitor chose, by the names of <see cref="DecodingOption.All"/>; for the others the model's own values hold.
    /// </summary>
    public Dictionary<string, string> Decoding { get; } = new() { ["beam"] = "5", ["nBest"] = "4" };

    /// <summary>What is wrong with an option as it is now; null where nothing is.</summary>
    public string? Problem(DecodingOption option)
    {
        ArgumentNullException.ThrowIfNull(option);
        try
        {
            if (Decoding.TryGetValue(option.Name, out var text)) option.Set(new DecodingOptions(), text);
            return null;
        }
        catch (CaptionTLException)
        {
            return $"{char.ToUpperInvariant(option.Range[0])}{option.Range[1..]}.";
        }
    }

    /// <summary>Name and value of the form's fields.</summary>
    internal IEnumerable<(string Name, string Value)> Fields()
    {
        yield return ("attention", "true");
        if (Model is not null) yield return ("model", Model);
        // A beam narrower than the number of captions is left out: the service then makes it wide enough.
        var narrow = int.TryParse(Decoding.GetValueOrDefault("beam"), out var beam)
            && int.TryParse(Decoding.GetValueOrDefault("nBest"), out var captions) && beam < captions;
        foreach (var (name, value) in Decoding)
            if (!(narrow && name == "beam")) yield return (name, value);
    }
}

/// <summary>Classes for images: POST /api/v1/classify.</summary>
public sealed class ClassifyClient(ApiClient api)
{
    /// <summary>Classes asked for: more than a page shows at once.</summary>
    private const string Classes = "50";

    /// <summary>Probabilities of one image's classes; what counts as unknown is left to the page.</summary>
    /// <param name="model">The default one when null.</param>
    /// <exception cref="ApiFailure">There is no answer; says why.</exception>
    public async Task<ClassAnswer> ClassifyAsync(SentImage image, string? model, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent();
        image.AddTo(form);
        form.Add(new StringContent(Classes), "topK");
        if (model is not null) form.Add(new StringContent(model), "model");
        var answer = await api.SendAsync<ClassAnswer>(HttpMethod.Post, "api/v1/classify", form, cancel);
        if (answer.Results is [{ Problem: { } problem }, ..]) throw new ApiFailure(422, problem.Code, problem.Message, problem.Hint);
        return answer;
    }
}

/// <summary>What a model learned from that is like an image: POST /api/v1/similar.</summary>
public sealed class SimilarClient(ApiClient api)
{
    /// <summary>Code of the failure where the model's training images are not on the service.</summary>
    public const string Absent = "training_images_absent";

    /// <exception cref="ApiFailure">There is no answer; says why.</exception>
    public async Task<SimilarImages> FindAsync(SentImage image, ModelUsed model, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{model.Name}@{model.Version}"), "model" } };
        image.AddTo(form);
        return await api.SendAsync<SimilarImages>(HttpMethod.Post, "api/v1/similar", form, cancel);
    }
}

/// <summary>Which images of a data set.</summary>
/// <param name="Split">"train", "dev", "test" or "none"; all when null.</param>
/// <param name="Class">Of this class only.</param>
/// <param name="Undescribed">Only those without a caption or label.</param>
/// <param name="Search">Text within the name, a caption or the label.</param>
public sealed record ImageQuery(string? Split = null, string? Class = null, bool Undescribed = false, string? Search = null)
{
    internal string ToQuery()
    {
        var query = new List<string>();
        if (!string.IsNullOrEmpty(Split)) query.Add($"split={Split}");
        if (!string.IsNullOrEmpty(Class)) query.Add($"class={Uri.EscapeDataString(Class)}");
        if (Undescribed) query.Add("undescribed=true");
        if (!string.IsNullOrWhiteSpace(Search)) query.Add($"search={Uri.EscapeDataString(Search)}");
        return string.Concat(query.Select(q => "&" + q));
    }
}

/// <summary>An image on its way to the service.</summary>
/// <param name="Name">File name.</param>
/// <param name="Bytes">Of a JPEG, PNG, WebP, GIF, BMP or TIFF file.</param>
public sealed record SentImage(string Name, byte[] Bytes)
{
    /// <summary>As a part of a form, named "image".</summary>
    internal void AddTo(MultipartFormDataContent form) => form.Add(new ByteArrayContent(Bytes), "image", Name);
}
