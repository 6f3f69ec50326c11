using System.Runtime.CompilerServices;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Quotes;

namespace CaptionTL.Web.Clients;

/// <summary>Training and other work that takes its time: /api/v1/jobs.</summary>
public sealed class JobsClient(ApiClient api)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    public Task<Job> StartAsync(JobRequest request, CancellationToken cancel = default) => api.PostAsync<Job>("api/v1/jobs", request, cancel);

    /// <summary>Trainings of a model on a data set, whatever its version, the latest first; among the last 500 of all models.</summary>
    public async Task<IReadOnlyList<Job>> TrainingsAsync(string model, string data, CancellationToken cancel = default) =>
        [.. (await api.GetAsync<JobPage>("api/v1/jobs?kind=train&limit=500", cancel)).Jobs.Where(job => job.Model == model && job.Data.Split('@')[0] == data)];

    /// <summary>What a train job would cost; seconds to a minute.</summary>
    public Task<CostQuote> QuoteAsync(JobRequest request, CancellationToken cancel = default) => api.PostAsync<CostQuote>("api/v1/jobs/quote", request, cancel);

    /// <summary>The latest first.</summary>
    public Task<JobPage> PageAsync(int offset = 0, int limit = 50, CancellationToken cancel = default) => api.GetAsync<JobPage>($"api/v1/jobs?offset={offset}&limit={limit}", cancel);

    public Task<Job> GetAsync(long id, CancellationToken cancel = default) => api.GetAsync<Job>($"api/v1/jobs/{id}", cancel);

    public Task<Job> PauseAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/pause");

    /// <summary>Takes up a paused, cancelled or failed job from its checkpoint.</summary>
    public Task<Job> ResumeAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/resume");

    public Task<Job> CancelAsync(long id) => api.PostAsync<Job>($"api/v1/jobs/{id}/cancel");

    public Task<Job> AgainAsync(long id, JobChanges changes) => api.PostAsync<Job>($"api/v1/jobs/{id}/again", changes);

    /// <summary>Removes an ended job with its run folder; its models stay.</summary>
    public Task DeleteAsync(long id) => api.SendAsync(HttpMethod.Delete, $"api/v1/jobs/{id}");

    public Task<JobLog> LogAsync(long id, long after, CancellationToken cancel = default) => api.GetAsync<JobLog>($"api/v1/jobs/{id}/log?after={after}&limit=500", cancel);

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
