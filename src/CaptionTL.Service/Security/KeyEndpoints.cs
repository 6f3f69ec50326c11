using System.Security.Claims;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Security;

/// <summary>/api/v1/keys.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("Keys").RequireAuthorization(ApiScope.Admin);
        keys.MapGet("", List).WithName("ListKeys").WithSummary("List the keys: first characters, owner, scopes");
        keys.MapPost("", Create).WithName("CreateKey").WithSummary("Make a key; only this answer shows it, and only its hash is kept")
            .ProducesProblem(400);
        keys.MapDelete("/{prefix}", Revoke).WithName("RevokeKey").WithSummary("Revoke a key: it is refused from the next request on")
            .ProducesProblem(404);
    }

    private static async Task<Ok<IReadOnlyList<KeyInfo>>> List(KeyService keys, CancellationToken cancellation) =>
        TypedResults.Ok(await keys.ListAsync(cancellation));

    private static async Task<Created<NewKey>> Create(KeyRequest request, KeyService keys, ClaimsPrincipal user,
        CancellationToken cancellation)
    {
        var made = await keys.CreateAsync(request, user.Identity?.Name, cancellation);
        return TypedResults.Created($"/api/v1/keys/{made.Info.Prefix}", made);
    }

    private static async Task<NoContent> Revoke(string prefix, KeyService keys, ClaimsPrincipal user, CancellationToken cancellation)
    {
        await keys.RevokeAsync(prefix, user.Identity?.Name, cancellation);
        return TypedResults.NoContent();
    }
}

/// <summary>What administrators do with keys, for the API and the pages; written to the log.</summary>
internal sealed partial class KeyService(ApiKeyStore keys, ILogger<KeyService> logger)
{
    /// <summary>All keys, the oldest first, including revoked ones.</summary>
    public async Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken cancellation) =>
        [.. (await keys.ListAsync(cancellation)).Select(Info)];

    /// <param name="request">Name and scopes.</param>
    /// <param name="by">Who asks for it; null where no keys are used.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CaptionTLException">The name is missing or in use, or a scope is unknown.</exception>
    public async Task<NewKey> CreateAsync(KeyRequest request, string? by, CancellationToken cancellation)
    {
        var (key, kept) = await keys.CreateAsync(request.Name?.Trim() ?? "", [.. request.Scopes ?? []], cancellation);
        Made(logger, kept.Prefix, kept.Name, kept.Scopes, by);
        return new NewKey(key, Info(kept));
    }

    /// <exception cref="ApiException">No valid key begins like this.</exception>
    public async Task RevokeAsync(string prefix, string? by, CancellationToken cancellation)
    {
        var revoked = await keys.RevokeAsync(prefix, cancellation);
        if (revoked.Count == 0)
            throw ApiException.NotFound($"There is no valid key '{prefix}'.", "GET /api/v1/keys lists them.");
        foreach (var key in revoked) Revoked(logger, key.Prefix, key.Name, by);
    }

    private static KeyInfo Info(ApiKey key) => new(key.Prefix, key.Name, key.Scopes.Split(','), key.Created, key.LastUsed, key.Revoked);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Prefix} of {Name} ({Scopes}): made by {By}")]
    private static partial void Made(ILogger logger, string prefix, string name, string scopes, string? by);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Prefix} of {Name}: revoked by {By}")]
    private static partial void Revoked(ILogger logger, string prefix, string name, string? by);
}
