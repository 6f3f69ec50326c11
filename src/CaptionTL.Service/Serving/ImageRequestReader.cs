using System.Globalization;
using System.Text.Json;
using CaptionTL.Service.Api;
using CaptionTL.Service.Fetching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Images of a request, in whichever way they come: multipart/form-data with one or more fields "image", the bytes of one
/// image as the body, or JSON {"images": [{"name", "data": base64} or {"url"}], "options": {…}}. Options may stand in the query as well.
/// </summary>
internal sealed class ImageRequestReader(IOptions<ServingOptions> options, IOptions<FetchingOptions> fetching, ImageFetcher fetcher)
{
    /// <param name="request">To be read.</param>
    /// <param name="admitted">Counts what is fetched for it.</param>
    /// <param name="cancellation">Whoever asked is gone.</param>
    /// <exception cref="ApiException">No image, too many, or a form that is not understood.</exception>
    public async Task<ImageRequest> ReadAsync(HttpRequest request, AdmittedRequest admitted, CancellationToken cancellation)
    {
        var values = new RequestValues();
        foreach (var (name, value) in request.Query) values.Add(name, value.ToString());
        IReadOnlyList<SentImage> images = request switch
        {
            { HasFormContentType: true } => await FormAsync(request, values, cancellation),
            _ when request.HasJsonContentType() => await JsonAsync(request, values, admitted, cancellation),
            _ when IsImage(request.ContentType) =>
                [new SentImage(null, await BytesAsync(request.Body, request.ContentLength, cancellation))],
            _ => throw new ApiException(415, "content_type_unknown", $"Bodies of the type '{request.ContentType}' are not read.",
                "Send multipart/form-data with the field image, the bytes of an image as image/jpeg or "
                + "application/octet-stream, or JSON."),
        };
        if (images.Count == 0)
            throw ApiException.Invalid("No image came with the request.", "Send one as the form's field image, as the body itself, or "
                + "in the JSON's images.");
        if (images.Count > options.Value.MaxImages) throw TooMany(images.Count);
        return new ImageRequest(images, values);
    }

    private async Task<IReadOnlyList<SentImage>> FormAsync(HttpRequest request, RequestValues values, CancellationToken cancellation)
    {
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = options.Value.MaxRequestBytes,
                ValueCountLimit = options.Value.MaxImages + 64, ValueLengthLimit = 1 << 16 }, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw ApiException.Invalid("The form could not be read: it is cut off, or has more or larger fields than are taken.");
        }
        foreach (var (name, value) in form) values.Add(name, value.ToString());
        if (form.Files.Count > options.Value.MaxImages) throw TooMany(form.Files.Count);
        var images = new List<SentImage>();
        foreach (var file in form.Files)
        {
            if (file.Name is not ("image" or "images" or "image[]" or "file"))
                throw ApiException.Invalid($"The form has a file in the field '{file.Name}'.", "Images go into the field image, which "
                    + "may be repeated.");
            await using var stream = file.OpenReadStream();
            images.Add(new SentImage(file.FileName is { Length: > 0 } name ? Path.GetFileName(name) : null,
                await BytesAsync(stream, file.Length, cancellation)));
        }
        return images;
    }

    private async Task<IReadOnlyList<SentImage>> JsonAsync(HttpRequest request, RequestValues values, AdmittedRequest admitted,
        CancellationToken cancellation)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, default, cancellation);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw ApiException.Invalid("The JSON must be an object.", "Like {\"images\": [{\"data\": \"…base64…\"}]}.");
            if (json.RootElement.TryGetProperty("options", out var given) && given.ValueKind == JsonValueKind.Object)
                foreach (var option in given.EnumerateObject()) values.Add(option.Name, option.Value.ToString());
            if (!json.RootElement.TryGetProperty("images", out var listed) || listed.ValueKind != JsonValueKind.Array) return [];
            if (listed.GetArrayLength() > options.Value.MaxImages) throw TooMany(listed.GetArrayLength());
            var images = new SentImage[listed.GetArrayLength()];
            var few = new ParallelOptions { MaxDegreeOfParallelism = fetching.Value.AtOnceForOne, CancellationToken = cancellation };
            await Parallel.ForEachAsync(listed.EnumerateArray().Index(), few, async (image, token) =>
                images[image.Index] = await DecodeAsync(image.Item, image.Index, admitted, token));
            return images;
        }
        catch (JsonException)
        {
            throw ApiException.Invalid("The JSON is not well formed, or cut off.");
        }
    }

    private async Task<SentImage> DecodeAsync(JsonElement image, int index, AdmittedRequest admitted, CancellationToken cancellation)
    {
        if (image.ValueKind == JsonValueKind.Object && image.TryGetProperty("url", out var url) && url.ValueKind == JsonValueKind.String)
            return await FetchAsync(url.GetString()!, admitted, cancellation);
        var (name, data) = image.ValueKind switch
        {
            JsonValueKind.String => (null, image.GetString()!),
            JsonValueKind.Object when image.TryGetProperty("data", out var d) && d.ValueKind == JsonValueKind.String =>
                (image.TryGetProperty("name", out var n) ? n.ToString() : null, d.GetString()!),
            _ => throw ApiException.Invalid($"images[{index}] must be a base64 text, or an object with data or url."),
        };
        // "data:image/png;base64,…", as browsers write it.
        var begin = data.StartsWith("data:", StringComparison.Ordinal) ? data.IndexOf(',') + 1 : 0;
        var bytes = new byte[(data.Length - begin) / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(data.AsSpan(begin), bytes, out var length)
            ? new SentImage(name, bytes.AsMemory(0, length))
            : throw ApiException.Invalid($"images[{index}] is not base64.");
    }

    // An address that cannot be had is that image's problem; too many bytes are the request's.
    private async Task<SentImage> FetchAsync(string url, AdmittedRequest admitted, CancellationToken cancellation)
    {
        var name = Path.GetFileName(url.Split('?')[0]);
        try
        {
            return new SentImage(name, await fetcher.FetchAsync(url, admitted.Fetched, cancellation));
        }
        catch (ApiException failure) when (failure.Code is not ("request_too_large" or "busy"))
        {
            return new SentImage(name, ReadOnlyMemory<byte>.Empty, failure);
        }
    }

    private async Task<ReadOnlyMemory<byte>> BytesAsync(Stream body, long? length, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream((int)Math.Min(length ?? 1 << 16, options.Value.MaxRequestBytes));
        await body.CopyToAsync(bytes, cancellation);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static bool IsImage(string? type) => type is null or "" || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase);

    private ApiException TooMany(int count) =>
        new(413, "too_many_images", string.Create(CultureInfo.InvariantCulture, $"The request has {count} images; at most "
        + $"{options.Value.MaxImages} are taken at once."), "Send them in several requests, or start a job for a whole folder.");
}

/// <summary>What somebody asks about.</summary>
/// <param name="Images">At least one.</param>
/// <param name="Values">Options, from the query, the form or the JSON.</param>
internal sealed record ImageRequest(IReadOnlyList<SentImage> Images, RequestValues Values);
