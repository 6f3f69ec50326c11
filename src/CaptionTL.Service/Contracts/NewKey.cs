namespace CaptionTL.Service.Contracts;

/// <summary>A key that was just made.</summary>
/// <param name="Key">To be sent as Authorization: Bearer KEY; it cannot be shown again.</param>
/// <param name="Info">What is kept of it.</param>
public sealed record NewKey(string Key, KeyInfo Info);
