using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs;

/// <summary>A job's changes as they come. The table is asked, so that it does not matter which machine carries the job out.</summary>
internal sealed class JobProgressStream(JobStore jobs, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    /// <summary>The job now, then whenever something changed, until it rests.</summary>
    public async IAsyncEnumerable<SseItem<Job>> FollowAsync(JobRecord first, [EnumeratorCancellation] CancellationToken cancellation)
    {
        JobRecord? shown = null;
        for (var job = first; ; job = await jobs.GetAsync(first.Id, cancellation))
        {
            if (shown is null || Differs(job, shown))
            {
                yield return new SseItem<Job>(job.ToJob(), "job");
                shown = job;
            }
            if (job.HasEnded || job.State == JobState.Paused) yield break;
            await Task.Delay(Interval, clock, cancellation);
        }
    }

    private static bool Differs(JobRecord a, JobRecord b) =>
        a.Shown != b.Shown || a.Attempts != b.Attempts || a.Losses != b.Losses || a.Progress != b.Progress || a.Result != b.Result || a.Problem != b.Problem;
}
