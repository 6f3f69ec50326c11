using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Telemetry;
using CaptionTL.Training.Plans;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>
/// Carries out a job on this machine: attempt by attempt in processes of their own, until it is done, stopped, or not worth trying again.
/// </summary>
internal sealed partial class JobSupervisor(
    JobLeases leases, JobOrders orders, RunFolders folders, ModelRegistry registry, ServiceMetrics metrics, IHostApplicationLifetime life,
        IOptions<WorkerOptions> options, ILogger<JobSupervisor> logger)
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
                await EndAsync(lease, job, JobState.Failed, new JobProblem("process_lost",
                    FormattableString.Invariant($"The job was begun {job.Attempts - 1} times and its worker vanished each time."), Hint));
                return;
            }
            // One span for each attempt: a job may be taken up again days later, on another machine.
            using var span = ServiceMetrics.Activities.StartActivity("job");
            span?.SetTag("job", job.Id).SetTag("kind", EnumNames.Of(job.Kind)).SetTag("attempt", job.Attempts);
            if (!await AttemptAsync(lease, job, stopping.Token)) return;
        }
    }

    private const string Hint = "Look at the job's log; a smaller batch or image size needs less memory. Resuming goes on from the "
        + "last checkpoint.";

    /// <returns>Whether to try again.</returns>
    private async Task<bool> AttemptAsync(JobLease lease, JobRecord job, CancellationToken stopping)
    {
        Begins(logger, job.Id, job.Attempts);
        Entered(job, JobState.Running);
        string folder;
        JobChild started;
        try
        {
            folder = folders.Take(lease);
            orders.Write(job, lease).Save(folder);
            started = Start(folder);
        }
        catch (Exception e) when (e is ApiException or CaptionTLException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(lease, job, ApiProblems.Translate(e));
        }
        JobWatch watch;
        await using (var child = started)
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
        if (end.Problem is { } problem) return await FailAsync(lease, job, problem);
        if (watch.Stopped is { } state)
        {
            await EndAsync(lease, job, state);
            return false;
        }
        return await LoseAsync(lease, job, watch.Killed ?? end.Description);
    }

    /// <exception cref="ApiException">The program that carries out jobs is not there, or does not start; the log says where it was looked
    /// for.</exception>
    private JobChild Start(string folder)
    {
        try
        {
            return new JobChild(JobProgram.Start(options.Value.Program, folder));
        }
        catch (Exception e) when (e is CaptionTLException or System.ComponentModel.Win32Exception)
        {
            StartFailed(logger, e);
            throw new ApiException(500, "program_not_started", "The program that carries out jobs could not be started on this machine; "
                + "the service's log says why.", $"Whoever runs the service sets "
                + $"{WorkerOptions.Section}:{nameof(WorkerOptions.Program)}, or installs it anew; then the job can be resumed.");
        }
    }

    private async Task<bool> SucceedAsync(JobLease lease, JobRecord job, string folder)
    {
        var outcome = JobOutcome.Load(folder);
        var run = outcome.Bundle is { } bundle ? new PublishedRun(job.Model!, Path.Combine(folder, bundle), job.Data, job.Asked.Promote,
            job.By) : null;
        if (await leases.SucceedAsync(lease, outcome.Result, run) is not null)
        {
            Entered(job, JobState.Succeeded);
            await registry.RefreshAsync();
            folders.RemoveStale(lease);
        }
        return false;
    }

    private async Task<bool> FailAsync(JobLease lease, JobRecord job, JobProblem problem)
    {
        await EndAsync(lease, job, JobState.Failed, problem);
        return false;
    }

    private Task<bool> FailAsync(JobLease lease, JobRecord job, ApiException e) =>
        FailAsync(lease, job, new JobProblem(e.Code, DiscreetText.Of(e.Message), e.Hint));

    private async Task<bool> LoseAsync(JobLease lease, JobRecord job, string reason)
    {
        Lost(logger, job.Id, reason);
        if (job.Losses + 1 <= options.Value.Retries) return await EndAsync(lease, job, JobState.Queued, lost: true);
        var times = job.Losses == 0 ? "once" : FormattableString.Invariant($"{job.Losses + 1} times");
        await EndAsync(lease, job, JobState.Failed,
            new JobProblem("process_lost", $"The job's process was lost {times}; the last time {reason}", Hint), lost: true);
        return false;
    }

    private async Task<bool> EndAsync(JobLease lease, JobRecord job, JobState state, JobProblem? problem = null, bool lost = false)
    {
        var ended = await leases.EndAsync(lease, state, problem, lost);
        if (ended) Entered(job, state);
        return ended;
    }

    private void Entered(JobRecord job, JobState state)
    {
        var (kind, entered) = (EnumNames.Of(job.Kind), EnumNames.Of(state));
        metrics.JobEntered(kind, entered);
        Activity.Current?.SetTag("state", entered);
        if (state != JobState.Running) Ended(logger, job.Id, kind, entered);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: attempt {Attempt}")]
    private static partial void Begins(ILogger logger, long job, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Kind}): {State}")]
    private static partial void Ended(ILogger logger, long job, string kind, string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The program that carries out jobs could not be started")]
    private static partial void StartFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: its process was lost: {Reason}")]
    private static partial void Lost(ILogger logger, long job, string reason);
}

/// <summary>What the scheduler runs: one job, supervised from here to its end.</summary>
internal sealed class RunJob(JobSupervisor supervisor) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        await supervisor.RunAsync(long.Parse(context.JobDetail.Key.Name, CultureInfo.InvariantCulture), cancellationToken);
    }
}

/// <summary>From a job's row to what its process is told: names become paths.</summary>
internal sealed class JobOrders(IDataSetCatalog dataSets, ModelRegistry models, RunFolders folders, IOptions<ServiceOptions> options)
{
    /// <exception cref="Api.ApiException">The data set or the model is gone.</exception>
    public JobOrder Write(JobRecord job, JobLease lease)
    {
        var asked = job.Asked;
        var asks = job.Kind is JobKind.Evaluate or JobKind.Caption;
        var model = asks ? models.Find(job.Model!) : null;
        return new JobOrder
        {
            Id = job.Id,
            Kind = job.Kind,
            DataPath = dataSets.PathOf(job.Data),
            Embeddings = options.Value.Embeddings,
            Device = options.Value.Device,
            Precision = options.Value.Precision,
            LeaseUntil = lease.Until,
            Name = model?.Name ?? job.Model ?? "embed",
            Plan = job.Plan is null ? null : JsonSerializer.Deserialize<TransferPlan>(job.Plan, Json.Compact),
            Plans = asked.Plans is null ? null : [.. asked.Plans.Select(name => new NamedPlan(name, PlanPresets.Find(name)))],
            Minutes = asked.Minutes ?? JobPlanning.UsualMinutes,
            LearningCurve = asked.LearningCurve ?? false,
            Bundle = model?.Path,
            SplitFile = model is null ? null : SplitOf(model.Name, model.Version, job.Data),
            Split = asked.Split,
            Beam = asked.Beam,
            Best = asked.Best,
        };
    }

    // Images are the same ones only within one version of a data set.
    private string? SplitOf(string model, int version, string data)
    {
        var made = models.Snapshot.Find(model)?.Versions.FirstOrDefault(v => v.Version == version);
        return made?.Data == data && made.Run is { } job ? folders.SplitFile(job) : null;
    }
}
