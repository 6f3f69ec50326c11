using System.Text.Json;
using CaptionTL.Service.Api;
using CaptionTL.Service.Fetching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Reads the images of a request: multipart/form-data with one or more fields "image", the bytes of one image as the body, or JSON
/// {"images": [{"name", "data": base64} or {"url"}], "options": {…}}. Options may also be in the query.
/// </summary>
internal sealed class ImageRequestReader(IOptions<ServingOptions> limits, IOptions<FetchingOptions> fetching, ImageFetcher fetcher)
{
    /// <param name="request">To be read.</param>
    /// <param name="admitted">Counts the bytes that are fetched for it.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    /// <exception cref="ApiException">There is no image or too many, or the body cannot be read.</exception>
    public async Task<ImageRequest> ReadAsync(HttpRequest request, AdmittedRequest admitted, CancellationToken cancellation)
    {
        var given = new RequestOptions();
        foreach (var (name, value) in request.Query) given.Add(name, value.ToString());
        IReadOnlyList<SentImage> images = request switch
        {
            { HasFormContentType: true } => await FormAsync(request, given, cancellation),
            _ when request.HasJsonContentType() => await JsonAsync(request, given, admitted, cancellation),
            _ when IsImage(request.ContentType) =>
                [new SentImage(null, await BytesAsync(request.Body, request.ContentLength, cancellation))],
            _ => throw new ApiException(415, "content_type_unknown", $"Bodies of the type '{request.ContentType}' are not accepted.",
                "Send multipart/form-data with the field image, the bytes of an image as image/jpeg or application/octet-stream, "
                + "or JSON."),
        };
        if (images.Count == 0)
            throw ApiException.Invalid("The request has no image.",
                "Send one in the form's field image, as the body itself, or in the JSON's images.");
        if (images.Count > limits.Value.MaxImages) throw TooMany(images.Count);
        return new ImageRequest(images, given);
    }

    private async Task<IReadOnlyList<SentImage>> FormAsync(HttpRequest request, RequestOptions given, CancellationToken cancellation)
    {
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = limits.Value.MaxRequestBytes,
                ValueCountLimit = limits.Value.MaxImages + 64, ValueLengthLimit = 1 << 16 }, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw ApiException.Invalid("The form could not be read: it is cut off, or has too many or too large fields.");
        }
        foreach (var (name, value) in form) given.Add(name, value.ToString());
        if (form.Files.Count > limits.Value.MaxImages) throw TooMany(form.Files.Count);
        var images = new List<SentImage>();
        foreach (var file in form.Files)
        {
            if (file.Name is not ("image" or "images" or "image[]" or "file"))
                throw ApiException.Invalid($"The form has a file in the field '{file.Name}'.",
                    "Images go into the field image, which may be repeated.");
            await using var stream = file.OpenReadStream();
            images.Add(new SentImage(file.FileName is { Length: > 0 } name ? Path.GetFileName(name) : null,
                await BytesAsync(stream, file.Length, cancellation)));
        }
        return images;
    }

    private async Task<IReadOnlyList<SentImage>> JsonAsync(HttpRequest request, RequestOptions given, AdmittedRequest admitted,
        CancellationToken cancellation)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, default, cancellation);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw ApiException.Invalid("The JSON must be an object.", "Send {\"images\": [{\"data\": \"…base64…\"}]}.");
            if (json.RootElement.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object)
                foreach (var option in options.EnumerateObject()) given.Add(option.Name, option.Value.ToString());
            if (!json.RootElement.TryGetProperty("images", out var listed) || listed.ValueKind != JsonValueKind.Array) return [];
            if (listed.GetArrayLength() > limits.Value.MaxImages) throw TooMany(listed.GetArrayLength());
            var images = new SentImage[listed.GetArrayLength()];
            var few = new ParallelOptions { MaxDegreeOfParallelism = fetching.Value.AtOnceForOne, CancellationToken = cancellation };
            await Parallel.ForEachAsync(listed.EnumerateArray().Index(), few, async (image, token) =>
                images[image.Index] = await DecodeAsync(image.Item, image.Index, admitted, token));
            return images;
        }
        catch (JsonException)
        {
            throw ApiException.Invalid("The JSON is not well-formed, or is cut off.");
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

    // An image that cannot be fetched has a problem of its own; too many bytes are a problem of the whole request.
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
        using var bytes = new MemoryStream((int)Math.Min(length ?? 1 << 16, limits.Value.MaxRequestBytes));
        await body.CopyToAsync(bytes, cancellation);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static bool IsImage(string? type) => type is null or "" || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase);

    private ApiException TooMany(int count) =>
        new(413, "too_many_images", FormattableString.Invariant($"The request has {count} images; the limit is {limits.Value.MaxImages}."),
            "Send them in several requests, or start a job for a whole folder.");
}

/// <summary>A request about images.</summary>
/// <param name="Images">At least one.</param>
/// <param name="Options">From the query, the form or the JSON.</param>
internal sealed record ImageRequest(IReadOnlyList<SentImage> Images, RequestOptions Options);

/// <summary>An image as it was sent.</summary>
/// <param name="Name">For the answer only; never a path.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Failure">Why it could not be fetched from its address; null where it could, or came with the request.</param>
internal sealed record SentImage(string? Name, ReadOnlyMemory<byte> Bytes, ApiException? Failure = null);
