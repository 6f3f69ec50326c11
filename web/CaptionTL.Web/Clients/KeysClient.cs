using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>API keys: /api/v1/keys; for keys with the scope admin.</summary>
public sealed class KeysClient(ApiClient api)
{
    public Task<List<KeyInfo>> AllAsync(CancellationToken cancel = default) => api.GetAsync<List<KeyInfo>>("api/v1/keys", cancel);

    public Task<NewKey> CreateAsync(string name, IReadOnlyList<string> scopes, CancellationToken cancel = default) => api.PostAsync<NewKey>("api/v1/keys", new KeyRequest(name, scopes), cancel);

    public Task RevokeAsync(string prefix) => api.SendAsync(HttpMethod.Delete, $"api/v1/keys/{Uri.EscapeDataString(prefix)}");
}
