namespace CaptionTL.Service.Contracts;

/// <summary>Body of POST /api/v1/keys.</summary>
/// <param name="Name">Whose the key is; 1 to 64 characters.</param>
/// <param name="Scopes">What it opens: caption (asking the models), train (data sets, jobs, pages), admin (everything).</param>
public sealed record KeyRequest(string Name, IReadOnlyList<string> Scopes);
