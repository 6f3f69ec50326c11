namespace CaptionTL.Service.Serving;

/// <summary>A picture as it was sent.</summary>
/// <param name="Name">For the answer only; never a path.</param>
/// <param name="Bytes">Of the file.</param>
internal sealed record SentPicture(string? Name, ReadOnlyMemory<byte> Bytes);
