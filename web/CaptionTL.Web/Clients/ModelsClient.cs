using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>Models and their versions: /api/v1/models.</summary>
public sealed class ModelsClient(ApiClient api)
{
    public Task<List<Model>> AllAsync(CancellationToken cancel = default) => api.GetAsync<List<Model>>("api/v1/models", cancel);

    /// <param name="version">The newest when null.</param>
    public Task<Model> PromoteAsync(string name, int? version = null, CancellationToken cancel = default) =>
        api.PostAsync<Model>($"{Path(name)}/promote", new ModelPromotion(version), cancel);

    /// <summary>Back to the version that was in use before.</summary>
    public Task<Model> RollBackAsync(string name, CancellationToken cancel = default) =>
        api.PostAsync<Model>($"{Path(name)}/rollback", cancel: cancel);

    /// <summary>Lets it answer where no model is named.</summary>
    public Task<Model> MakeDefaultAsync(string name, CancellationToken cancel = default) =>
        api.PostAsync<Model>($"{Path(name)}/default", cancel: cancel);

    public static string BundleAddress(string name, int version) => $"/{Path(name)}/versions/{version}/bundle";

    public static string CardAddress(string name, int version) => $"/{Path(name)}/versions/{version}/card";

    public static string OnnxAddress(string name, int version) => $"/{Path(name)}/versions/{version}/onnx";

    private static string Path(string name) => $"api/v1/models/{Uri.EscapeDataString(name)}";
}

/// <summary>Embeddings that are kept: /api/v1/cache.</summary>
public sealed class CacheClient(ApiClient api)
{
    public Task<CacheContents> ContentsAsync(CancellationToken cancel = default) => api.GetAsync<CacheContents>("api/v1/cache", cancel);
}

/// <summary>API keys: /api/v1/keys; for keys with the scope admin.</summary>
public sealed class KeysClient(ApiClient api)
{
    public Task<List<KeyInfo>> AllAsync(CancellationToken cancel = default) => api.GetAsync<List<KeyInfo>>("api/v1/keys", cancel);

    public Task<NewKey> CreateAsync(string name, IReadOnlyList<string> scopes, CancellationToken cancel = default) =>
        api.PostAsync<NewKey>("api/v1/keys", new KeyRequest(name, scopes), cancel);

    public Task RevokeAsync(string prefix) => api.SendAsync(HttpMethod.Delete, $"api/v1/keys/{Uri.EscapeDataString(prefix)}");
}
