namespace CaptionTL.Web.Clients;

/// <summary>A picture on its way to the service.</summary>
/// <param name="Name">File name.</param>
/// <param name="Bytes">Of a JPEG, PNG, WebP, GIF, BMP or TIFF file.</param>
public sealed record SentPicture(string Name, byte[] Bytes)
{
    /// <summary>As a part of a form, named "image".</summary>
    internal void AddTo(MultipartFormDataContent form) => form.Add(new ByteArrayContent(Bytes), "image", Name);
}
