using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Security;
using CaptionTL.Service.Serving;
using Microsoft.Extensions.Options;

namespace CaptionTL.Web.Visitors;

/// <summary>Models and their versions, as the visitor may use them.</summary>
internal sealed class VisitorModels(Visitor visitor, ModelChanges models)
{
    public Task<IReadOnlyList<Model>> AllAsync(CancellationToken cancel = default) =>
        visitor.DoAsync(ApiScope.Caption, _ => models.ListAsync(cancel));

    /// <param name="name">The model's name.</param>
    /// <param name="version">The newest when null.</param>
    public Task<Model> PromoteAsync(string name, int? version) =>
        visitor.DoAsync(ApiScope.Admin, by => models.PromoteAsync(name, version, by, default));

    /// <summary>Back to the version that was in use before.</summary>
    public Task<Model> RollBackAsync(string name) => visitor.DoAsync(ApiScope.Admin, _ => models.RollBackAsync(name, default));

    /// <summary>Lets it answer where no model is named.</summary>
    public Task<Model> MakeDefaultAsync(string name) => visitor.DoAsync(ApiScope.Admin, _ => models.MakeDefaultAsync(name, default));
}

/// <summary>Keys, health and embedding cache, as the visitor may see them.</summary>
internal sealed class VisitorSystem(Visitor visitor, KeyService keys, Readiness readiness, IOptions<ServiceOptions> options)
{
    public Task<IReadOnlyList<KeyInfo>> KeysAsync() => visitor.DoAsync(ApiScope.Admin, _ => keys.ListAsync(default));

    public Task<NewKey> CreateKeyAsync(string name, IReadOnlyList<string> scopes) =>
        visitor.DoAsync(ApiScope.Admin, by => keys.CreateAsync(new KeyRequest(name, scopes), by, default));

    public Task RevokeKeyAsync(string prefix) => visitor.DoAsync(ApiScope.Admin, by => keys.RevokeAsync(prefix, by, default));

    /// <summary>Whether the default model is loaded and answers.</summary>
    public Task<bool> IsReadyAsync() => visitor.DoAsync(ApiScope.Train, _ => readiness.IsReadyAsync());

    public Task<CacheContents> CacheAsync() =>
        visitor.DoAsync(ApiScope.Train, _ => Task.FromResult(CacheEndpoint.Read(options.Value.Embeddings)));
}
