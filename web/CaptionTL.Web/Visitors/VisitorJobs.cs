using System.Runtime.CompilerServices;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using CaptionTL.Training;

namespace CaptionTL.Web.Visitors;

/// <summary>Training and other work that takes its time, as the visitor may use it.</summary>
internal sealed class VisitorJobs(Visitor visitor, JobService jobs, JobQuotes quotes)
{
    private const int MostTrainings = 500;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public Task<Job> StartAsync(JobRequest request, CancellationToken cancel = default) =>
        visitor.DoAsync(ApiScope.Train, by => jobs.AddAsync(request, by, cancel));

    /// <summary>Trainings of a model on a data set, whatever its version, the latest first; among the last 500 of all models.</summary>
    public Task<IReadOnlyList<Job>> TrainingsAsync(string model, string data, CancellationToken cancel) =>
        visitor.DoAsync<IReadOnlyList<Job>>(ApiScope.Train, async _ =>
            [.. (await jobs.ListAsync([], [JobKind.Train], 0, MostTrainings, cancel)).Jobs
                .Where(job => job.Model == model && job.Data.Split('@')[0] == data)]);

    /// <summary>What a train job would cost; seconds to a minute.</summary>
    public Task<CostQuote> QuoteAsync(JobRequest request, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => quotes.MeasureAsync(request, cancel));

    /// <summary>The latest first.</summary>
    public Task<JobPage> PageAsync(int limit, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => jobs.ListAsync([], [], 0, limit, cancel));

    public Task<Job> GetAsync(long id, CancellationToken cancel) => visitor.DoAsync(ApiScope.Train, _ => jobs.GetAsync(id, cancel));

    public Task<Job> PauseAsync(long id) => visitor.DoAsync(ApiScope.Train, _ => jobs.PauseAsync(id, default));

    public Task<Job> ResumeAsync(long id) => visitor.DoAsync(ApiScope.Train, _ => jobs.ResumeAsync(id, default));

    public Task<Job> CancelAsync(long id) => visitor.DoAsync(ApiScope.Train, _ => jobs.CancelAsync(id, default));

    public Task<Job> AgainAsync(long id) => visitor.DoAsync(ApiScope.Train, by => jobs.AgainAsync(id, new JobChanges(), by, default));

    public Task<JobLog> LogAsync(long id, long after, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => jobs.LogAsync(id, after, 500, cancel));

    /// <summary>The job now and after every change, until it stops. A failure of the service is waited out.</summary>
    public async IAsyncEnumerable<Job> FollowAsync(long id, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (JobRecord? shown = null; shown is null || shown.Shown.IsActive();)
        {
            var last = shown;
            try
            {
                shown = await visitor.DoAsync(ApiScope.Train, _ => jobs.NextAsync(id, last, cancel));
            }
            catch (ApiException failure) when (failure.Status >= 500)
            {
                await Task.Delay(RetryAfter, cancel);
                continue;
            }
            yield return shown.ToJob();
        }
    }
}

/// <summary>What training left behind, as the visitor may see it; "part" names a plan of a race.</summary>
internal sealed class VisitorRuns(Visitor visitor, RunService runs)
{
    private const int LongestPage = 100;

    /// <summary>The latest first.</summary>
    public Task<RunPage> PageAsync(int offset, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => runs.ListAsync(offset, LongestPage, cancel));

    public Task<Run> GetAsync(long id, CancellationToken cancel) => visitor.DoAsync(ApiScope.Train, _ => runs.GetAsync(id, cancel));

    /// <param name="id">The run's number.</param>
    /// <param name="part">Null for a single run.</param>
    /// <param name="after">What the last answer called next; 0 for all.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<RunMetrics> MetricsAsync(long id, string? part, int after, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => runs.MetricsAsync(id, part, after, cancel));

    public Task<IReadOnlyList<RunSamples>> SamplesAsync(long id, string? part, CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => runs.SamplesAsync(id, part, cancel));

    /// <summary>Which classes are taken for which; null where the run has learned no classes, or is not done.</summary>
    public async Task<RunConfusion?> ConfusionAsync(long id, string? part, CancellationToken cancel)
    {
        try
        {
            return await visitor.DoAsync(ApiScope.Train, _ => runs.ConfusionAsync(id, part, cancel));
        }
        catch (ApiException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The images behind a number of <see cref="ConfusionAsync"/>.</summary>
    public Task<ConfusedImages> ConfusedAsync(long id, string? part, string truth, string predicted, int offset,
        CancellationToken cancel) =>
        visitor.DoAsync(ApiScope.Train, _ => runs.ConfusedImagesAsync(id, part, truth, predicted, offset, 50, cancel));
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
