namespace CaptionTL.Service.Contracts;

/// <summary>What is kept of an API key.</summary>
/// <param name="Prefix">The key's first characters.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Scopes">What it opens: caption, train, admin.</param>
/// <param name="Created">When it was made.</param>
/// <param name="LastUsed">To the minute; null if never.</param>
/// <param name="Revoked">Since when it opens nothing; null while it opens something.</param>
public sealed record KeyInfo(string Prefix, string Name, IReadOnlyList<string> Scopes, DateTimeOffset Created, DateTimeOffset? LastUsed,
    DateTimeOffset? Revoked);

/// <summary>Body of POST /api/v1/keys.</summary>
/// <param name="Name">Whose the key is; 1 to 64 characters.</param>
/// <param name="Scopes">What it opens: caption (asking the models), train (data sets, jobs, pages), admin (everything).</param>
public sealed record KeyRequest(string Name, IReadOnlyList<string> Scopes);

/// <summary>A key that was just made.</summary>
/// <param name="Key">To be sent as Authorization: Bearer KEY; it cannot be shown again.</param>
/// <param name="Info">What is kept of it.</param>
public sealed record NewKey(string Key, KeyInfo Info);
