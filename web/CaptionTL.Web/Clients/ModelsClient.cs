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
    public Task<Model> RollBackAsync(string name, CancellationToken cancel = default) => api.PostAsync<Model>($"{Path(name)}/rollback", cancel: cancel);

    /// <summary>Lets it answer where no model is named.</summary>
    public Task<Model> MakeDefaultAsync(string name, CancellationToken cancel = default) => api.PostAsync<Model>($"{Path(name)}/default", cancel: cancel);

    public static string BundleAddress(string name, int version) => $"/{Path(name)}/versions/{version}/bundle";

    public static string CardAddress(string name, int version) => $"/{Path(name)}/versions/{version}/card";

    public static string OnnxAddress(string name, int version) => $"/{Path(name)}/versions/{version}/onnx";

    private static string Path(string name) => $"api/v1/models/{Uri.EscapeDataString(name)}";
}
