using System.Runtime.CompilerServices;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Web.Clients;

/// <summary>Training and other work that takes its time: /api/v1/jobs.</summary>
public sealed class JobsClient(ApiClient api)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    public Task<Job> StartAsync(JobRequest request, CancellationToken cancel = default) =>
        api.PostAsync<Job>("api/v1/jobs", request, cancel);

    /// <summary>Trainings of a model on a data set, whatever its version, the latest first; among the last 500 of all models.</summary>
    public async Task<IReadOnlyList<Job>> TrainingsAsync(string model, string data, CancellationToken cancel = default) =>
        [.. (await api.GetAsync<JobPage>("api/v1/jobs?kind=train&limit=500", cancel)).Jobs.Where(job => job.Model == model
            && job.Data.Split('@')[0] == data)];

    /// <summary>What a train job would cost; seconds to a minute.</summary>
    public Task<CostQuote> QuoteAsync(JobRequest request, CancellationToken cancel = default) =>
        api.PostAsync<CostQuote>("api/v1/jobs/quote", request, cancel);

    /// <summary>The latest first.</summary>
    public Task<JobPage> PageAsync(int offset = 0, int limit = 50, CancellationToken cancel = default) =>
        api.GetAsync<JobPage>($"api/v1/jobs?offset={offset}&limit={limit}", cancel);

    public Task<Job> GetAsync(long id, CancellationToken cancel = default) => api.GetAsync<Job>($"api/v1/jobs/{id}", cancel);

    public Task<Job> PauseAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/pause");

    /// <summary>Takes up a paused, cancelled or failed job from its checkpoint.</summary>
    public Task<Job> ResumeAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/resume");

    public Task<Job> CancelAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/cancel");

    public Task<Job> AgainAsync(long id, JobChanges changes) => api.PostAsync<Job>($"api/v1/jobs/{id}/again", changes);

    /// <summary>Removes an ended job with its run folder; its models stay.</summary>
    public Task DeleteAsync(long id) => api.SendAsync(HttpMethod.Delete, $"api/v1/jobs/{id}");

    public Task<JobLog> LogAsync(long id, long after, CancellationToken cancel = default) =>
        api.GetAsync<JobLog>($"api/v1/jobs/{id}/log?after={after}&limit=500", cancel);

    /// <summary>The job whenever something about it changed, until it stops; mends a stream that breaks.</summary>
    public async IAsyncEnumerable<Job> FollowAsync(long id, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (Job? last = null; last is null || last.State.IsActive();)
        {
            await using var events = api.EventsAsync<Job>($"api/v1/jobs/{id}/progress", "job", cancel).GetAsyncEnumerator(cancel);
            while (await NextAsync(events))
            {
                yield return last = events.Current;
                if (!last.State.IsActive()) yield break;
            }
            await Task.Delay(Again, cancel);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<Job> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception broken) when (broken is HttpIOException or IOException or ApiFailure { Status: 0 or >= 500 })
        {
            return false;
        }
    }
}

/// <summary>What the states of a job mean to a page.</summary>
public static class JobStates
{
    /// <summary>Something still happens by itself.</summary>
    public static bool IsActive(this JobState state) => state is JobState.Queued or JobState.Running or JobState.Pausing
        or JobState.Cancelling;

    public static bool CanPause(this JobState state) => state is JobState.Running;

    public static bool CanCancel(this JobState state) => state is JobState.Queued or JobState.Running or JobState.Pausing
        or JobState.Paused;

    public static bool CanResume(this JobState state) => state is JobState.Paused or JobState.Cancelled or JobState.Failed;
}

/// <summary>What training left behind: /api/v1/runs.</summary>
public sealed class RunsClient(ApiClient api)
{
    /// <summary>The latest first.</summary>
    public Task<RunPage> PageAsync(int offset = 0, int limit = 100, CancellationToken cancel = default) =>
        api.GetAsync<RunPage>($"api/v1/runs?offset={offset}&limit={limit}", cancel);

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

    /// <summary>The images behind a number of <see cref="ConfusionAsync"/>.</summary>
    public Task<ConfusedImages> ConfusedAsync(long id, string truth, string predicted, int offset, string? part = null,
        CancellationToken cancel = default) =>
        api.GetAsync<ConfusedImages>(
            $"api/v1/runs/{id}/confusion/images?truth={Uri.EscapeDataString(truth)}&predicted={Uri.EscapeDataString(predicted)}&offset={offset}{Part(part)}", cancel);

    public static string ReportAddress(long id, string? part = null) => $"/api/v1/runs/{id}/report?{Part(part)}".TrimEnd('?');

    private static string Part(string? part) => part is null ? "" : $"&part={Uri.EscapeDataString(part)}";
}
