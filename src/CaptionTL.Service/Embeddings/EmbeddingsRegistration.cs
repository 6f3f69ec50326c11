using CaptionTL.Embeddings;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Embeddings;

/// <summary>What is kept of pictures that went through a network: GET /api/v1/cache.</summary>
internal static class EmbeddingsRegistration
{
    public static void MapEmbeddings(this WebApplication app) => app.MapGet("/api/v1/cache", Contents).WithTags("Cache").RequireScope(ApiScope.Train)
        .WithName("GetCache").WithSummary("What the embedding cache holds, and how large it is");

    private static Ok<CacheContents> Contents(IOptions<ServiceOptions> options)
    {
        using var cache = EmbeddingCache.Open(options.Value.Embeddings);
        var networks = cache.List().Select(Network).OrderByDescending(n => n.Bytes).ToList();
        return TypedResults.Ok(new CacheContents(networks.Sum(n => n.Bytes), networks));
    }

    // A fingerprint begins with architecture; SHA-256 of the weights; cut.
    private static CachedNetwork Network(EmbeddingCacheEntry entry)
    {
        var parts = entry.Fingerprint.Split(';');
        return new CachedNetwork(parts[0], parts.ElementAtOrDefault(2) ?? "", entry.Pictures, entry.Embeddings, entry.Bytes, entry.LastUsed);
    }
}
