using CaptionTL.Embeddings;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>What is kept of images that went through a network: GET /api/v1/cache.</summary>
internal static class CacheEndpoint
{
    public static void MapCache(this WebApplication app) => app.MapGet("/api/v1/cache", Get).WithTags("Cache")
        .RequireAuthorization(ApiScope.Train)
        .WithName("GetCache").WithSummary("What the embedding cache holds, and how large it is");

    /// <param name="folder">Of the cache.</param>
    public static CacheContents Read(string folder)
    {
        using var cache = EmbeddingCache.Open(folder);
        var networks = cache.List().Select(e => new CachedNetwork(e.Architecture, e.Cut, e.Images, e.Embeddings, e.Bytes, e.LastUsed))
            .OrderByDescending(n => n.Bytes).ToList();
        return new CacheContents(networks.Sum(n => n.Bytes), networks);
    }

    private static Ok<CacheContents> Get(IOptions<ServiceOptions> options) => TypedResults.Ok(Read(options.Value.Embeddings));
}
