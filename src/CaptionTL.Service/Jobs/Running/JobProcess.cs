using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>
/// A job's own process, "captiontl job FOLDER": does what the folder's job.json says, reports its progress to its parent on standard
/// output, and leaves result.json. Work continues where an earlier process in the folder stopped.
/// </summary>
public static class JobProcess
{
    /// <summary>The program's command that calls <see cref="Run"/>.</summary>
    public const string Command = "job";

    internal const int Done = 0;
    internal const int Failed = 1;

    /// <summary>Stopped in an orderly way, with its checkpoint written.</summary>
    internal const int Stopped = 130;

    /// <param name="folder">The job's folder, where job.json lies.</param>
    /// <returns>0 done, 1 failed, 130 stopped in an orderly way.</returns>
    public static int Run(string folder)
    {
        var order = JobOrder.Load(folder);
        YieldToTheService();
        using var output = new JobOutput();
        using var parent = new ParentWatch(order.LeaseUntil, output);
        var clock = Stopwatch.StartNew();
        try
        {
            ComputeDevice.Use(order.Device);
            var outcome = CarryOut(order, folder, new JobReporter(output, folder), parent.Token);
            (outcome with { Result = outcome.Result with { Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) } }).Save(folder);
            return Done;
        }
        catch (OperationCanceledException) when (parent.Token.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (CaptionTLException e)
        {
            output.Write(new JobMessage { Problem = new JobProblem(e.IsInput ? "input" : "failed", DiscreetText.Of(e.Message)) });
            return Failed;
        }
    }

    private static JobOutcome CarryOut(JobOrder order, string folder, IProgress<Training.RunProgress> progress,
        CancellationToken cancellation) => order.Request.Kind switch
    {
        JobKind.Train => TrainWork.Run(order, folder, progress, cancellation),
        JobKind.Race => RaceWork.Run(order, folder, progress, cancellation),
        JobKind.Embed => EmbedWork.Run(order, progress, cancellation),
        JobKind.Evaluate => EvaluateWork.Run(order, folder, progress, cancellation),
        JobKind.Caption => CaptionWork.Run(order, folder, progress, cancellation),
        _ => throw new CaptionTLException($"There are no jobs of kind {order.Request.Kind}."),
    };

    // Requests come first, and where memory runs out it is the job that the system ends.
    private static void YieldToTheService()
    {
        using var self = Process.GetCurrentProcess();
        self.PriorityClass = ProcessPriorityClass.BelowNormal;
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/oom_score_adj", "500");
    }
}

/// <summary>job.json: everything a job's process needs to know.</summary>
internal sealed record JobOrder
{
    private const string FileName = "job.json";

    /// <summary>What was asked for; the data set and the model in it are names, which are resolved below.</summary>
    public required JobRequest Request { get; init; }

    /// <summary>Name of the model that is made or asked.</summary>
    public required string Name { get; init; }

    /// <summary>train, embed: the resolved plan.</summary>
    public TransferPlan? Plan { get; init; }

    public required string DataPath { get; init; }

    /// <summary>evaluate, caption: the model's bundle.</summary>
    public string? Bundle { get; init; }

    /// <summary>evaluate: split.json of the run that made the model, where it learned from the same data set.</summary>
    public string? SplitFile { get; init; }

    /// <summary>Where embeddings are kept.</summary>
    public required string Embeddings { get; init; }

    public required string Device { get; init; }

    public required Precision Precision { get; init; }

    /// <summary>Until when the lease holds; the parent prolongs it.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    public void Save(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json.Indented));

    public static JobOrder Load(string folder) =>
        JsonSerializer.Deserialize<JobOrder>(File.ReadAllText(Path.Combine(folder, FileName)), Json.Indented)!;
}

/// <summary>result.json: what a job's process has made.</summary>
/// <param name="Result">For people.</param>
/// <param name="Bundle">The model to be registered, relative to the job's folder.</param>
internal sealed record JobOutcome(JobResult Result, string? Bundle = null)
{
    private const string FileName = "result.json";

    public void Save(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json.Indented));

    public static JobOutcome Load(string folder) =>
        JsonSerializer.Deserialize<JobOutcome>(File.ReadAllText(Path.Combine(folder, FileName)), Json.Indented)!;
}

/// <summary>
/// Listens to the parent on standard input: "until MILLISECONDS" (since 1970) prolongs the lease, "stop" asks for an orderly stop. The
/// end of the input means that the parent has ended: the work stops too, in an orderly way while the lease holds. When the lease runs
/// out, because the parent no longer renews it or this process was itself suspended for a while, the process ends at once: another one
/// may have taken over the work by then.
/// </summary>
internal sealed class ParentWatch : IDisposable
{
    public const string Prolong = "until ";
    public const string StopLine = "stop";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Timer _timer;
    private long _until;

    public ParentWatch(DateTimeOffset until, JobOutput output)
    {
        _until = until.ToUnixTimeMilliseconds();
        // A terminal's Ctrl-C comes to parent and child alike; the parent says what is to be done.
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Stop();
            }));
        new Thread(() => Listen(output)) { IsBackground = true, Name = "parent" }.Start();
        _timer = new Timer(_ => EndWithTheLease(), null, Look, Look);
    }

    /// <summary>Cancelled when the work is to stop.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _timer.Dispose();
        foreach (var signal in _signals) signal.Dispose();
    }

    private void Listen(JobOutput output)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == StopLine) Stop();
            else if (line.StartsWith(Prolong, StringComparison.Ordinal) && long.TryParse(line.AsSpan(Prolong.Length), NumberStyles.None,
                CultureInfo.InvariantCulture, out var until))
                Volatile.Write(ref _until, until);
        }
        output.Write(new JobMessage { Log = "The service's process has ended; the job stops." });
        Stop();
    }

    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work is done.
        }
    }

    private void EndWithTheLease()
    {
        if (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() < Volatile.Read(ref _until)) return;
        using var self = Process.GetCurrentProcess();
        self.Kill(); // at once: nothing more may be written
    }
}
