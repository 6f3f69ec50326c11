namespace CaptionTL.Service.Contracts;

/// <summary>How far an upload in parts has come.</summary>
/// <param name="Id">Of the upload.</param>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Offset">Bytes that are here: where the next part begins.</param>
/// <param name="Bytes">Of the whole archive.</param>
/// <param name="Expires">When it is thrown away unless it goes on.</param>
public sealed record UploadState(string Id, string Name, long Offset, long Bytes, DateTimeOffset Expires);
