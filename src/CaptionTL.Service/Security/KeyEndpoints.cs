using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Security;

/// <summary>/api/v1/keys.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("Keys").RequireScope(ApiScope.Admin);
        keys.MapGet("", List).WithName("ListKeys").WithSummary("The keys: their first characters, whose they are, what they open");
        keys.MapPost("", Create).WithName("CreateKey").WithSummary("Make a key; it is told this once, only its hash is kept").ProducesProblem(400);
        keys.MapDelete("/{prefix}", Revoke).WithName("RevokeKey").WithSummary("Take a key back: it opens nothing from the next request on").ProducesProblem(404);
    }

    private static async Task<Ok<IEnumerable<KeyInfo>>> List(ApiKeyStore keys, CancellationToken cancellation) => TypedResults.Ok((await keys.ListAsync(cancellation)).Select(Info));

    private static async Task<Created<NewKey>> Create(KeyRequest request, ApiKeyStore keys, CancellationToken cancellation)
    {
        var (key, kept) = await keys.CreateAsync(request.Name?.Trim() ?? "", [.. request.Scopes ?? []], cancellation);
        return TypedResults.Created($"/api/v1/keys/{kept.Prefix}", new NewKey(key, Info(kept)));
    }

    private static async Task<NoContent> Revoke(string prefix, ApiKeyStore keys, CancellationToken cancellation) => (await keys.RevokeAsync(prefix, cancellation)).Count > 0
        ? TypedResults.NoContent()
        : throw ApiException.NotFound($"There is no key '{prefix}' that opens anything.", "GET /api/v1/keys lists them.");

    private static KeyInfo Info(ApiKey key) => new(key.Prefix, key.Name, key.Scopes.Split(','), key.Created, key.LastUsed, key.Revoked);
}
