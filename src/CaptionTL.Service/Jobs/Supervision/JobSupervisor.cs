using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Service.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>Carries out a job on this machine: attempt by attempt in processes of their own, until it is done, stopped, or not worth trying again.</summary>
internal sealed partial class JobSupervisor(
    JobLeases leases, JobOrders orders, RunFolders folders, ModelRegistry registry, IHostApplicationLifetime life, IOptions<WorkerOptions> options, ILogger<JobSupervisor> logger)
{
    /// <param name="id">The job; where it is not waiting nothing happens.</param>
    /// <param name="cancellation">The scheduler stops: the job goes back into the queue with its checkpoint.</param>
    public async Task RunAsync(long id, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, life.ApplicationStopping);
        while (!stopping.IsCancellationRequested && await leases.ClaimAsync(id, CancellationToken.None) is var (lease, job))
        {
            if (job.Losses > options.Value.Retries)
            {
                await leases.EndAsync(lease, JobState.Failed, new JobProblem("process_lost", FormattableString.Invariant($"The job was begun {job.Attempts - 1} times and its worker vanished each time."), Hint));
                return;
            }
            if (!await AttemptAsync(lease, job, stopping.Token)) return;
        }
    }

    private const string Hint = "Look at the job's log; a smaller batch or picture size needs less memory. Resuming goes on from the last checkpoint.";

    /// <returns>Whether to try again.</returns>
    private async Task<bool> AttemptAsync(JobLease lease, JobRecord job, CancellationToken stopping)
    {
        Begins(logger, job.Id, job.Attempts);
        string folder;
        try
        {
            folder = folders.Take(lease);
            orders.Write(job, lease).Save(folder);
        }
        catch (Exception e) when (e is ApiException or CaptionTLException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(lease, ApiProblems.Translate(e));
        }
        JobWatch watch;
        await using (var child = new JobChild(JobProgram.Start(options.Value.Program, folder)))
        {
            watch = new JobWatch(child, lease, job.Attempts, leases, options.Value);
            await watch.RunAsync(stopping);
        }
        lease = watch.Lease;
        var end = watch.End;
        if (watch.LeaseLost)
        {
            Lost(logger, job.Id, "another worker has taken it over");
            return false;
        }
        if (end.IsDone) return await SucceedAsync(lease, job, folder);
        if (end.Problem is { } problem) return await FailAsync(lease, problem);
        if (watch.Stopped is { } state)
        {
            await leases.EndAsync(lease, state);
            return false;
        }
        return await LoseAsync(lease, job, watch.Killed ?? end.Description);
    }

    private async Task<bool> SucceedAsync(JobLease lease, JobRecord job, string folder)
    {
        var outcome = JobOutcome.Load(folder);
        var run = outcome.Bundle is { } bundle ? new PublishedRun(job.Model!, Path.Combine(folder, bundle), job.Data, job.Asked.Promote, job.By) : null;
        if (await leases.SucceedAsync(lease, outcome.Result, run) is not null)
        {
            await registry.RefreshAsync();
            folders.RemoveStale(lease);
        }
        return false;
    }

    private async Task<bool> FailAsync(JobLease lease, JobProblem problem)
    {
        await leases.EndAsync(lease, JobState.Failed, problem);
        return false;
    }

    private Task<bool> FailAsync(JobLease lease, ApiException e) => FailAsync(lease, new JobProblem(e.Code, DiscreetText.Of(e.Message), e.Hint));

    private async Task<bool> LoseAsync(JobLease lease, JobRecord job, string reason)
    {
        Lost(logger, job.Id, reason);
        if (job.Losses + 1 > options.Value.Retries)
        {
            var times = job.Losses == 0 ? "once" : FormattableString.Invariant($"{job.Losses + 1} times");
            await leases.EndAsync(lease, JobState.Failed, new JobProblem("process_lost", $"The job's process was lost {times}; the last time {reason}", Hint), lost: true);
            return false;
        }
        return await leases.EndAsync(lease, JobState.Queued, lost: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: attempt {Attempt}")]
    private static partial void Begins(ILogger logger, long job, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: its process was lost: {Reason}")]
    private static partial void Lost(ILogger logger, long job, string reason);
}
