using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>What training left behind: /api/v1/runs.</summary>
public sealed class RunsClient(ApiClient api)
{
    /// <summary>The latest first.</summary>
    public Task<RunPage> PageAsync(int offset = 0, int limit = 100, CancellationToken cancel = default) => api.GetAsync<RunPage>($"api/v1/runs?offset={offset}&limit={limit}", cancel);

    public Task<Run> GetAsync(long id, CancellationToken cancel = default) => api.GetAsync<Run>($"api/v1/runs/{id}", cancel);

    /// <param name="after">What the last answer called next; 0 for all.</param>
    /// <param name="part">A plan of a race; null for a single run.</param>
    public Task<RunMetrics> MetricsAsync(long id, int after = 0, string? part = null, CancellationToken cancel = default) =>
        api.GetAsync<RunMetrics>($"api/v1/runs/{id}/metrics?after={after}{Part(part)}", cancel);

    public Task<List<RunSamples>> SamplesAsync(long id, string? part = null, CancellationToken cancel = default) =>
        api.GetAsync<List<RunSamples>>($"api/v1/runs/{id}/samples?{Part(part)}", cancel);

    /// <summary>Which classes are taken for which; null where the run has learned no classes, or is not done.</summary>
    public async Task<RunConfusion?> ConfusionAsync(long id, string? part = null, CancellationToken cancel = default)
    {
        try
        {
            return await api.GetAsync<RunConfusion>($"api/v1/runs/{id}/confusion?{Part(part)}", cancel);
        }
        catch (ApiFailure failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The pictures behind a number of <see cref="ConfusionAsync"/>.</summary>
    public Task<ConfusedPictures> ConfusedAsync(long id, string truth, string predicted, int offset, string? part = null, CancellationToken cancel = default) =>
        api.GetAsync<ConfusedPictures>($"api/v1/runs/{id}/confusion/pictures?truth={Uri.EscapeDataString(truth)}&predicted={Uri.EscapeDataString(predicted)}&offset={offset}{Part(part)}", cancel);

    public static string ReportAddress(long id, string? part = null) => $"/api/v1/runs/{id}/report?{Part(part)}".TrimEnd('?');

    private static string Part(string? part) => part is null ? "" : $"&part={Uri.EscapeDataString(part)}";
}
