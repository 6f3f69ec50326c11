using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Security;

/// <summary>/api/v1/keys.</summary>
internal static partial class KeyEndpoints
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

    private static async Task<Ok<IEnumerable<KeyInfo>>> List(ApiKeyStore keys, CancellationToken cancellation) =>
        TypedResults.Ok((await keys.ListAsync(cancellation)).Select(Info));

    private static async Task<Created<NewKey>> Create(KeyRequest request, ApiKeyStore keys, HttpContext context,
        ILogger<ApiKeyStore> logger, CancellationToken cancellation)
    {
        var (key, kept) = await keys.CreateAsync(request.Name?.Trim() ?? "", [.. request.Scopes ?? []], cancellation);
        Made(logger, kept.Prefix, kept.Name, kept.Scopes, context.User.Identity?.Name);
        return TypedResults.Created($"/api/v1/keys/{kept.Prefix}", new NewKey(key, Info(kept)));
    }

    private static async Task<NoContent> Revoke(string prefix, ApiKeyStore keys, HttpContext context, ILogger<ApiKeyStore> logger,
        CancellationToken cancellation)
    {
        var revoked = await keys.RevokeAsync(prefix, cancellation);
        if (revoked.Count == 0)
            throw ApiException.NotFound($"There is no valid key '{prefix}'.", "GET /api/v1/keys lists them.");
        foreach (var key in revoked) Revoked(logger, key.Prefix, key.Name, context.User.Identity?.Name);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Prefix} of {Name} ({Scopes}): made by {By}")]
    private static partial void Made(ILogger logger, string prefix, string name, string scopes, string? by);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Prefix} of {Name}: revoked by {By}")]
    private static partial void Revoked(ILogger logger, string prefix, string name, string? by);

    private static KeyInfo Info(ApiKey key) => new(key.Prefix, key.Name, key.Scopes.Split(','), key.Created, key.LastUsed, key.Revoked);
}
