using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>Embeddings that are kept: /api/v1/cache.</summary>
public sealed class CacheClient(ApiClient api)
{
    public Task<CacheContents> ContentsAsync(CancellationToken cancel = default) => api.GetAsync<CacheContents>("api/v1/cache", cancel);
}
