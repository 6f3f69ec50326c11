using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Telemetry;
using CaptionTL.Training.Plans;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// Carries out a job on this machine: attempt by attempt, each in a process of its own, until it is done, stopped, or not worth another
/// try.
/// </summary>
internal sealed partial class JobSupervisor(JobLeases leases, RunFolders folders, DataSetStore dataSets, ModelRegistry models,
    ServiceMetrics metrics, IHostApplicationLifetime life, IOptions<ServiceOptions> service, IOptions<WorkerOptions> options,
    ILogger<JobSupervisor> logger)
{
    private const string LossHint = "Look at the job's log; a smaller batch or image size needs less memory. Resuming continues from the "
        + "last checkpoint.";

    /// <param name="id">The job; where it cannot be claimed nothing happens.</param>
    /// <param name="cancellation">The scheduler stops: the job goes back into the queue with its checkpoint.</param>
    public async Task RunAsync(long id, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, life.ApplicationStopping);
        await leases.EndOfDeadWorkersAsync(CancellationToken.None);
        while (!stopping.IsCancellationRequested && await leases.ClaimAsync(id, CancellationToken.None) is var (lease, job))
        {
            // A span for each attempt: a job may be taken up again days later, on another machine.
            using var span = ServiceMetrics.Activities.StartActivity("job");
            span?.SetTag("job", job.Id).SetTag("kind", EnumNames.Of(job.Kind)).SetTag("attempt", job.Attempts);
            var end = job.Losses > options.Value.Retries
                ? Failure("process_lost", FormattableString.Invariant(
                    $"The job was begun {job.Attempts - 1} times, and its worker vanished each time."), LossHint)
                : await AttemptAsync(lease, job, stopping.Token);
            if (end is null || !await leases.EndAsync(lease, end.State, end.Problem, end.IsLoss)) return;
            Entered(job, end.State);
            if (end.State != JobState.Queued) return;
        }
    }

    /// <returns>What becomes of the job; null where it has succeeded, or is another worker's now.</returns>
    private async Task<AttemptEnd?> AttemptAsync(JobLease lease, JobRecord job, CancellationToken stopping)
    {
        Begins(logger, job.Id, job.Attempts);
        Entered(job, JobState.Running);
        string folder;
        JobChild started;
        try
        {
            folder = folders.Take(lease);
            Order(job, lease).Save(folder);
            started = Start(folder);
        }
        catch (Exception e) when (e is ApiException or CaptionTLException or IOException or UnauthorizedAccessException)
        {
            var problem = ApiProblems.Translate(e);
            return Failure(problem.Code, DiscreetText.Of(problem.Message), problem.Hint);
        }
        var watch = new JobWatch(started, lease, job.Attempts, leases, options.Value);
        await using (started) await watch.RunAsync(stopping);
        if (watch.LeaseLost)
        {
            Lost(logger, job.Id, "another worker has taken it over");
            return null;
        }
        if (watch.End.IsDone)
        {
            await SucceedAsync(lease, job, folder);
            return null;
        }
        if (watch.End.Problem is { } failure) return new AttemptEnd(JobState.Failed, failure);
        if (watch.Stopped is { } state) return new AttemptEnd(state);
        var reason = watch.Killed ?? watch.End.Description;
        Lost(logger, job.Id, reason);
        if (job.Losses < options.Value.Retries) return new AttemptEnd(JobState.Queued, IsLoss: true);
        var times = job.Losses == 0 ? "once" : FormattableString.Invariant($"{job.Losses + 1} times");
        return Failure("process_lost", $"The job's process was lost {times}; the last time {reason}", LossHint) with { IsLoss = true };
    }

    /// <summary>What the job's process is to do: names become paths.</summary>
    /// <exception cref="ApiException">The data set or the model is gone.</exception>
    private JobOrder Order(JobRecord job, JobLease lease)
    {
        var model = job.Kind is JobKind.Evaluate or JobKind.Caption ? models.Find(job.Model!) : null;
        var made = model is null ? null : models.Snapshot.Find(model.Name)?.Versions.FirstOrDefault(v => v.Version == model.Version);
        return new JobOrder
        {
            Request = job.Asked,
            Name = model?.Name ?? job.Model ?? "embed",
            Plan = job.Plan is null ? null : JsonSerializer.Deserialize<TransferPlan>(job.Plan, Json.Compact),
            DataPath = dataSets.PathOf(job.Data),
            Bundle = model?.Path,
            // Images are the same ones only within one version of a data set.
            SplitFile = made?.Data == job.Data && made.Run is { } run ? folders.SplitFile(run) : null,
            Embeddings = service.Value.Embeddings,
            Device = service.Value.Device,
            Precision = service.Value.Precision,
            LeaseUntil = lease.Until,
        };
    }

    /// <exception cref="ApiException">The program that carries out jobs is missing or does not start; the log says where it was
    /// expected.</exception>
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

    private async Task SucceedAsync(JobLease lease, JobRecord job, string folder)
    {
        var outcome = JobOutcome.Load(folder);
        var run = outcome.Bundle is not { } bundle ? null
            : new PublishedRun(job.Model!, Path.Combine(folder, bundle), job.Data, job.Asked.Promote, job.By);
        if (await leases.SucceedAsync(lease, outcome.Result, run) is null) return;
        Entered(job, JobState.Succeeded);
        await models.RefreshAsync();
        folders.RemoveStale(lease);
    }

    private static AttemptEnd Failure(string code, string message, string? hint) =>
        new(JobState.Failed, new JobProblem(code, message, hint));

    private void Entered(JobRecord job, JobState state)
    {
        var (kind, entered) = (EnumNames.Of(job.Kind), EnumNames.Of(state));
        metrics.JobEntered(kind, entered);
        Activity.Current?.SetTag("state", entered);
        if (state != JobState.Running) Ended(logger, job.Id, kind, entered);
    }

    /// <summary>What becomes of a job after an attempt that did not succeed.</summary>
    private sealed record AttemptEnd(JobState State, JobProblem? Problem = null, bool IsLoss = false);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: attempt {Attempt}")]
    private static partial void Begins(ILogger logger, long job, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Kind}): {State}")]
    private static partial void Ended(ILogger logger, long job, string kind, string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The program that carries out jobs could not be started")]
    private static partial void StartFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: its process was lost: {Reason}")]
    private static partial void Lost(ILogger logger, long job, string reason);
}

/// <summary>
/// Watches one attempt: prolongs its lease, writes down what it says, stops it when asked to, and kills it when it is silent or the job is
/// another worker's.
/// </summary>
/// <param name="child">The attempt's process.</param>
/// <param name="lease">The worker's right to the job.</param>
/// <param name="attempt">Its number, for the log.</param>
/// <param name="leases">The jobs table.</param>
/// <param name="options">Limits.</param>
internal sealed class JobWatch(JobChild child, JobLease lease, int attempt, JobLeases leases, WorkerOptions options)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // Often enough for a lease of a second in tests, seldom enough not to burden the database.
    private readonly TimeSpan _renewal = TimeSpan.FromSeconds(Math.Min(1, options.LeaseSeconds / 4));
    private JobLease _lease = lease;
    private long _renewed = Stopwatch.GetTimestamp();
    private long _asked;
    private TimeSpan _patience;

    /// <summary>The job is another worker's now.</summary>
    public bool LeaseLost { get; private set; }

    /// <summary>What the job becomes because it was asked to stop; null where it was not.</summary>
    public JobState? Stopped { get; private set; }

    /// <summary>Why the process was killed, where it was for being silent.</summary>
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
                // The database is not reachable. Without it nobody else can take the job either, until the lease runs out.
                if (DateTimeOffset.UtcNow > _lease.Until) Abandon();
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
        var requested = await leases.RequestedAsync(_lease);
        if (requested == JobState.Cancelled) Ask(requested, options.CancelSeconds);
        else if (requested == JobState.Paused) Ask(requested, options.PauseSeconds);
        else if (stopping.IsCancellationRequested) Ask(JobState.Queued, options.ShutdownSeconds);
        if (Stopped is not null && Stopwatch.GetElapsedTime(_asked) > _patience) child.Kill();
        if (child.Silence.TotalSeconds > options.SilenceSeconds)
            Kill(FormattableString.Invariant($"it was silent for {options.SilenceSeconds:0.#} seconds and was killed"));
        if (child.Standstill.TotalMinutes > options.StuckMinutes)
            Kill(FormattableString.Invariant($"it made no progress for {options.StuckMinutes:0.#} minutes and was killed"));
    }

    private async Task<bool> RenewAsync()
    {
        _renewed = Stopwatch.GetTimestamp();
        if (await leases.RenewAsync(_lease, child.TakeProgress(), child.TakeLog(), attempt) is { } renewed)
        {
            _lease = renewed;
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
