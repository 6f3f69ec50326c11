namespace CaptionTL.Service.Security;

/// <summary>A key that lets programs in. The key itself is shown once and not kept, only its hash: 256 random bits need no slow hash.</summary>
public sealed class ApiKey
{
    /// <summary>The key's first characters, by which it is found and shown.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whose it is; jobs and changes are recorded with it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Of <see cref="Api.ApiScope"/>, separated by commas.</summary>
    public required string Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>Since then it opens nothing.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Whether it opens what asks for a scope; admin opens all.</summary>
    public bool Allows(string scope) => Scopes.Split(',') is var scopes && (scopes.Contains(scope) || scopes.Contains(Api.ApiScope.Admin));
}
