using System.Text;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// Images with what is said of them, taken in order: "class" and "split" hold for all files after them, "caption" for the next file only.
/// They lie in a staging folder until the form is disposed; so does a zip archive, told by its content.
/// </summary>
internal sealed class ImageForm : IDisposable
{
    private const int LongestText = 1 << 16;

    private readonly DataSetOptions _limits;
    private readonly StagingFolder _staging;
    private readonly List<string> _captions = [];
    private string? _class;
    private Split? _split;

    /// <param name="stagingRoot">Folder of what is in the making.</param>
    /// <param name="limits">How much may come.</param>
    public ImageForm(string stagingRoot, DataSetOptions limits)
    {
        (_limits, _staging) = (limits, new StagingFolder(stagingRoot));
        Intake = new ImageIntake(_staging.In("set"), limits);
    }

    /// <summary>The images.</summary>
    public ImageIntake Intake { get; }

    public string? Name { get; private set; }

    public DataSetKind? Kind { get; private set; }

    /// <summary>Path of the archive that came, if one did.</summary>
    public string? Zip { get; private set; }

    /// <summary>Images came with captions.</summary>
    public bool HasCaptions { get; private set; }

    /// <summary>Images came with classes.</summary>
    public bool HasClasses { get; private set; }

    public void Dispose() => _staging.Dispose();

    /// <summary>Takes the parts of a multipart form as they come.</summary>
    /// <exception cref="ApiException">Not such a form, or more than is taken.</exception>
    public async Task ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
            throw new ApiException(415, "form_expected", "A form with files (multipart/form-data) is expected.",
                "curl -F name=flowers -F file=@flowers.zip sends one.");
        var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = _limits.MaxUploadBytes };
        try
        {
            while (await reader.ReadNextSectionAsync(cancellation) is { } section) await ReadAsync(section, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not Microsoft.AspNetCore.Http.BadHttpRequestException)
            && !cancellation.IsCancellationRequested)
        {
            throw ApiException.Invalid("The form is damaged or incomplete.", "Send it again.");
        }
        if (_captions.Count > 0)
            throw ApiException.Invalid("A caption comes after the last file.", "Captions stand before the file they belong to.");
    }

    private async Task ReadAsync(MultipartSection section, CancellationToken cancellation)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            throw ApiException.Invalid("A part of the form has no name.");
        var field = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
        if (field is "file" or "image")
        {
            var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
            await AddFileAsync(section.Body, HeaderUtilities.RemoveQuotes(name).Value ?? "", cancellation);
            return;
        }
        Set(field, await TextAsync(section.Body, cancellation));
    }

    /// <exception cref="ApiException">The field is unknown, or cannot have this value.</exception>
    public void Set(string field, string text)
    {
        switch (field)
        {
            case "name": Name = text; break;
            case "kind": Kind = EnumNames.Parse<DataSetKind>(text, field); break;
            case "class": _class = Label(text); break;
            case "split": _split = text.Length == 0 ? null : SplitOf(text); break;
            case "caption": if (!string.IsNullOrWhiteSpace(text)) _captions.Add(text.Trim()); break;
            default:
                var shown = new string([.. field.Take(40).Where(c => !char.IsControl(c))]);
                throw ApiException.Invalid($"The form has an unknown field '{shown}'.",
                    "Known are name, kind, file, class, caption and split.");
        }
    }

    /// <exception cref="ApiException">The image or archive may not come here, or is too large.</exception>
    public async Task AddFileAsync(Stream body, string name, CancellationToken cancellation)
    {
        var start = new byte[4];
        var count = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        if (start.AsSpan(0, count).SequenceEqual("PK\x03\x04"u8) || start.AsSpan(0, count).SequenceEqual("PK\x05\x06"u8))
        {
            if (Zip is not null || Intake.Rows.Count > 0)
                throw ApiException.Invalid("A zip archive comes alone.", "Send one archive, or images.");
            Zip = _staging.In("upload.zip");
            await using var file = new FileStream(Zip, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            await file.WriteAsync(start, cancellation);
            await body.CopyToAsync(file, cancellation);
            return;
        }
        if (Zip is not null) throw ApiException.Invalid("A zip archive comes alone.", "Send one archive, or images.");
        using var bytes = new MemoryStream();
        bytes.Write(start.AsSpan(0, count));
        await CopyAsync(body, bytes, ImageLimits.Default.MaxBytes, cancellation);
        (HasCaptions, HasClasses) = (HasCaptions || _captions.Count > 0, HasClasses || _class is not null);
        if (HasCaptions && HasClasses) throw ApiException.Invalid("Captions and classes come together.", "A data set has either.");
        Intake.Add(bytes.ToArray(), name, [.. _captions], _class, _split);
        _captions.Clear();
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, long most, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            to.Write(buffer.AsSpan(0, read));
            new ImageLimits { MaxBytes = most }.CheckBytes(to.Length);
        }
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            bytes.Write(buffer.AsSpan(0, read));
            if (bytes.Length > LongestText)
                throw new ApiException(413, "field_too_large",
                    FormattableString.Invariant($"A text field of the form has more than {LongestText:N0} bytes."));
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.ToArray());
        }
        catch (DecoderFallbackException)
        {
            throw ApiException.Invalid("A text field of the form is not UTF-8.");
        }
    }

    /// <summary>As the library takes labels: one space between words. Null where nothing is left.</summary>
    public static string? Label(string text)
    {
        var tidy = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (tidy.Length > 200 || tidy.Any(char.IsControl))
            throw ApiException.Invalid("A class has a name of up to 200 characters in one line.");
        return tidy.Length == 0 ? null : tidy;
    }

    private static Split SplitOf(string text) => SplitNames.Parse(text)
        ?? throw ApiException.Invalid("The field split must be one of train, dev, test.", "val and validation mean dev.");
}

/// <summary>Uploads may be larger than other requests.</summary>
internal static class RequestSize
{
    public static void Allow(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = bytes;
    }
}
