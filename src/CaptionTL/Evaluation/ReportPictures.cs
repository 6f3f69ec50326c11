using System.Globalization;
using System.Net;
using CaptionTL.Datasets;
using CaptionTL.Images;

namespace CaptionTL.Evaluation;

/// <summary>Thumbnails of a page: each is in it once, however often it is shown.</summary>
internal sealed class ReportPictures(ThumbnailMaker thumbnails) : IDisposable
{
    private readonly PictureReader _reader = new();
    private readonly Dictionary<string, Shown> _shown = new(StringComparer.Ordinal);

    /// <summary>An element that shows the picture; where it cannot be read, its name with the reason.</summary>
    public string Of(ClassifiedPicture picture)
    {
        if (_shown.TryGetValue(picture.Id, out var before)) return before.Problem ?? Element(picture, before, FormattableString.Invariant($"<use href=\"#picture-{before.Number}\"/>"));
        try
        {
            var (jpeg, size) = thumbnails.Make(_reader.Read(picture.Source));
            var shown = _shown[picture.Id] = new Shown(_shown.Count, size, null);
            return Element(picture, shown, FormattableString.Invariant($"<image id=\"picture-{shown.Number}\" width=\"{size.Width}\" height=\"{size.Height}\" href=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\"/>"));
        }
        catch (CaptionTLException e)
        {
            var problem = $"<p class=\"missing\">{WebUtility.HtmlEncode(e.Message)}</p>";
            _shown[picture.Id] = new Shown(_shown.Count, default, problem);
            return problem;
        }
    }

    public void Dispose() => _reader.Dispose();

    private static string Element(ClassifiedPicture picture, Shown shown, string content) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg role=\"img\" aria-label=\"{WebUtility.HtmlEncode(picture.Id)}\" width=\"{shown.Size.Width}\" height=\"{shown.Size.Height}\" viewBox=\"0 0 {shown.Size.Width} {shown.Size.Height}\">{content}</svg>");

    private sealed record Shown(int Number, PixelSize Size, string? Problem);
}
