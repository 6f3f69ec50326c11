namespace CaptionTL.Service.Contracts;

/// <summary>What is kept of an API key.</summary>
/// <param name="Prefix">The key's first characters.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Scopes">What it opens: caption, train, admin.</param>
/// <param name="Created">When it was made.</param>
/// <param name="LastUsed">To the minute; null if never.</param>
/// <param name="Revoked">Since when it opens nothing; null while it opens something.</param>
public sealed record KeyInfo(string Prefix, string Name, IReadOnlyList<string> Scopes, DateTimeOffset Created, DateTimeOffset? LastUsed, DateTimeOffset? Revoked);
