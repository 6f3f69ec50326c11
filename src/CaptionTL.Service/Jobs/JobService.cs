using System.Runtime.CompilerServices;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;

namespace CaptionTL.Service.Jobs;

/// <summary>What can be done with jobs, for the API and the pages.</summary>
internal sealed class JobService(JobStore jobs, JobPlanning planning, JobSchedule schedule, RunFolders folders, TimeProvider clock)
{
    private const int LongestLog = 5000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(400);

    /// <param name="request">The work.</param>
    /// <param name="by">Who asks for it; null where no keys are used.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">The request makes no sense; the message says why.</exception>
    /// <exception cref="CaptionTLException">The same for its plan, its data or its model.</exception>
    public async Task<Job> AddAsync(JobRequest request, string? by, CancellationToken cancellation) =>
        await ScheduleAsync(await jobs.AddAsync(planning.Plan(request, by), cancellation));

    /// <summary>Accepts the same work once more, with changes.</summary>
    /// <exception cref="ApiException">There is no such job, or the request makes no sense.</exception>
    public async Task<Job> AgainAsync(long id, JobChanges changes, string? by, CancellationToken cancellation)
    {
        var request = JobPlanning.Again(await jobs.GetAsync(id, cancellation), changes);
        return await ScheduleAsync(await jobs.AddAsync(planning.Plan(request, by, id), cancellation));
    }

    /// <summary>Jobs in these states and of these kinds, the latest first; all of them where the lists are empty.</summary>
    /// <exception cref="ApiException">The range is out of bounds.</exception>
    public async Task<JobPage> ListAsync(IReadOnlyList<JobState> states, IReadOnlyList<JobKind> kinds, int offset, int limit,
        CancellationToken cancellation)
    {
        (offset, limit) = Paging.Check(offset, limit);
        var (total, found) = await jobs.ListAsync(states, kinds, offset, limit, cancellation);
        return new JobPage(total, offset, [.. found.Select(j => j.ToJob())]);
    }

    /// <exception cref="ApiException">There is no such job.</exception>
    public async Task<Job> GetAsync(long id, CancellationToken cancellation) => (await jobs.GetAsync(id, cancellation)).ToJob();

    /// <summary>Removes a job that is not active, with its run folder; its models stay.</summary>
    /// <exception cref="ApiException">There is no such job, or it is active.</exception>
    public async Task DeleteAsync(long id, CancellationToken cancellation)
    {
        await jobs.DeleteAsync(id, cancellation);
        folders.Delete(id);
    }

    public async Task<Job> PauseAsync(long id, CancellationToken cancellation) =>
        (await jobs.StopAsync(id, JobState.Paused, cancellation)).ToJob();

    public async Task<Job> CancelAsync(long id, CancellationToken cancellation) =>
        (await jobs.StopAsync(id, JobState.Cancelled, cancellation)).ToJob();

    /// <summary>Continues a paused, cancelled or failed job from its checkpoint.</summary>
    public async Task<Job> ResumeAsync(long id, CancellationToken cancellation) =>
        await ScheduleAsync(await jobs.ResumeAsync(id, cancellation));

    /// <param name="id">The job's number.</param>
    /// <param name="after">Number of the last line that the caller has; 0 for none.</param>
    /// <param name="limit">Lines to return at most.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<JobLog> LogAsync(long id, long after, int limit, CancellationToken cancellation) =>
        jobs.LogAsync(id, after, Paging.Check(0, limit, LongestLog).Limit, cancellation);

    /// <summary>
    /// The job now, then whenever something has changed, until it neither waits nor runs. It is read from the table, so that it does not
    /// matter which machine carries it out.
    /// </summary>
    /// <exception cref="ApiException">There is no such job.</exception>
    public async IAsyncEnumerable<Job> FollowAsync(long id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (JobRecord? shown = null; shown is null || shown.State is JobState.Queued or JobState.Running;)
            yield return (shown = await NextAsync(id, shown, cancellation)).ToJob();
    }

    /// <summary>Waits until the job differs from what was shown of it last.</summary>
    /// <param name="id">The job's number.</param>
    /// <param name="shown">Null where nothing was shown of it so far.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JobRecord> NextAsync(long id, JobRecord? shown, CancellationToken cancellation)
    {
        while (true)
        {
            var job = await jobs.GetAsync(id, cancellation);
            if (shown is null || Differs(job, shown)) return job;
            await Task.Delay(LookInterval, clock, cancellation);
        }
    }

    /// <summary>The answers of a caption job so far, a line of JSON for each image.</summary>
    /// <exception cref="ApiException">There is no such job, or it has no answers.</exception>
    public async Task<Stream> AnswersAsync(long id, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(id, cancellation);
        if (job.Kind != JobKind.Caption) throw NoAnswers("Only jobs of kind 'caption' have answers.");
        var path = folders.Find(id) is { } folder ? Path.Combine(folder, AnswerFile.Name) : null;
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : throw NoAnswers("It has not begun yet.");

        ApiException NoAnswers(string why) => ApiException.NotFound(FormattableString.Invariant($"Job {id} has no answers."), why);
    }

    // The table comes first: should the service end before the job is scheduled, its next start does that.
    private async Task<Job> ScheduleAsync(JobRecord job)
    {
        try
        {
            await schedule.AddAsync(job, CancellationToken.None);
            return job.ToJob();
        }
        catch
        {
            await jobs.StopAsync(job.Id, JobState.Cancelled, CancellationToken.None); // nobody would ever run it; it can be resumed
            throw;
        }
    }

    private static bool Differs(JobRecord a, JobRecord b) =>
        a.Shown != b.Shown || a.Attempts != b.Attempts || a.Losses != b.Losses || a.Progress != b.Progress || a.Result != b.Result
        || a.Problem != b.Problem;
}
