using System.Data.Common;
using System.Diagnostics;
using CaptionTL.Service.Contracts;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>
/// Watches one attempt: keeps its lease, writes down what it says, stops it when asked to, kills it when it is silent or no longer ours.
/// </summary>
/// <param name="child">The attempt's process.</param>
/// <param name="lease">Of the attempt.</param>
/// <param name="attempt">Its number, for the log.</param>
/// <param name="leases">The jobs table.</param>
/// <param name="options">Limits.</param>
internal sealed class JobWatch(JobChild child, JobLease lease, int attempt, JobLeases leases, WorkerOptions options)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // Often enough for a lease of a second in tests, seldom enough not to be felt by the data base.
    private readonly TimeSpan _renewal = TimeSpan.FromSeconds(Math.Min(1, options.LeaseSeconds / 4));
    private long _renewed = Stopwatch.GetTimestamp();
    private long _asked;
    private TimeSpan _patience;

    /// <summary>With its latest end.</summary>
    public JobLease Lease { get; private set; } = lease;

    /// <summary>The job is another worker's now.</summary>
    public bool LeaseLost { get; private set; }

    /// <summary>What the job becomes since it was asked to stop; null where it was not.</summary>
    public JobState? Stopped { get; private set; }

    /// <summary>Why the process was killed, if it was for being silent.</summary>
    public string? Killed { get; private set; }

    /// <summary>How the process ended.</summary>
    public ChildEnd End { get; private set; } = new(0, null, []);

    /// <summary>Returns when the process is gone.</summary>
    /// <param name="stopping">The service stops.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!child.Ended.IsCompleted)
        {
            try
            {
                await LookAsync(stopping);
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException
                or InvalidOperationException { InnerException: DbException })
            {
                // The data base is away. Without it nobody else can take the job either, until the lease runs out.
                if (DateTimeOffset.UtcNow > Lease.Until) Abandon();
            }
            await Task.WhenAny(child.Ended, Task.Delay(Tick, CancellationToken.None));
        }
        End = await child.Ended;
        if (!LeaseLost) await RenewAsync();
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        if (LeaseLost) return;
        if (Stopwatch.GetElapsedTime(_renewed) >= _renewal && !await RenewAsync()) return;
        var wish = await leases.WishAsync(Lease);
        if (wish == JobWish.Cancel) Ask(JobState.Cancelled, options.CancelSeconds);
        else if (wish == JobWish.Pause) Ask(JobState.Paused, options.PauseSeconds);
        else if (stopping.IsCancellationRequested) Ask(JobState.Queued, options.ShutdownSeconds);
        if (Stopped is not null && Stopwatch.GetElapsedTime(_asked) > _patience) child.Kill();
        if (child.Silence.TotalSeconds > options.SilenceSeconds)
            Kill(FormattableString.Invariant($"it was silent for {options.SilenceSeconds:0.#} seconds and was killed"));
        if (child.Standstill.TotalMinutes > options.StuckMinutes)
            Kill(FormattableString.Invariant($"it got no further for {options.StuckMinutes:0.#} minutes and was killed"));
    }

    private async Task<bool> RenewAsync()
    {
        _renewed = Stopwatch.GetTimestamp();
        if (await leases.RenewAsync(Lease, child.TakeProgress(), child.TakeLog(), attempt) is { } renewed)
        {
            Lease = renewed;
            child.Prolong(renewed.Until);
            return true;
        }
        Abandon();
        return false;
    }

    // A cancellation that follows a pause is the more urgent one.
    private void Ask(JobState state, double seconds)
    {
        if (Stopped == state) return;
        if (Stopped is null) child.Stop();
        (Stopped, _asked, _patience) = (state, Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(seconds));
    }

    private void Kill(string reason)
    {
        Killed ??= reason;
        child.Kill();
    }

    private void Abandon()
    {
        LeaseLost = true;
        child.Kill();
    }
}
