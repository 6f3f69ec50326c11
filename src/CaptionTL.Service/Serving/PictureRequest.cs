namespace CaptionTL.Service.Serving;

/// <summary>What somebody asks about.</summary>
/// <param name="Pictures">At least one.</param>
/// <param name="Values">Options, from the query, the form or the JSON.</param>
internal sealed record PictureRequest(IReadOnlyList<SentPicture> Pictures, RequestValues Values);
