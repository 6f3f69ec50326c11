using CaptionTL.Service.Api;

namespace CaptionTL.Service.Serving;

/// <summary>A picture as it was sent.</summary>
/// <param name="Name">For the answer only; never a path.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Failure">Why it could not be fetched from its address; null where it could, or came with the request.</param>
internal sealed record SentPicture(string? Name, ReadOnlyMemory<byte> Bytes, ApiException? Failure = null);
