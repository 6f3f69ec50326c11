using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>
/// The service's program as a job's process: "job FOLDER". Does what the folder's job.json says, tells its parent on standard output how
/// far it is, and leaves result.json. Work goes on where an earlier process in the folder stopped.
/// </summary>
public static class JobProcess
{
    internal const string Command = "job";

    internal const int Done = 0;
    internal const int Failed = 1;

    /// <summary>Stopped in an orderly way, checkpoint written.</summary>
    internal const int Stopped = 130;

    /// <summary>Whether the program was started as a job's process.</summary>
    public static bool Handles(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args is [Command, _];
    }

    /// <returns>0 done, 1 failed, 130 stopped in an orderly way.</returns>
    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var folder = args[1];
        var order = JobOrder.Load(folder);
        YieldToTheService();
        using var output = new JobOutput();
        using var parent = new ParentWatch(order.LeaseUntil, output);
        var clock = Stopwatch.StartNew();
        try
        {
            ComputeDevice.Use(order.Device);
            var outcome = Carry(order, folder, new JobReporter(output, folder), parent.Token);
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

    private static JobOutcome Carry(JobOrder order, string folder, IProgress<Training.RunProgress> progress,
        CancellationToken cancellation) => order.Kind switch
    {
        JobKind.Train => TrainWork.Run(order, folder, progress, cancellation),
        JobKind.Race => RaceWork.Run(order, folder, progress, cancellation),
        JobKind.Embed => EmbedWork.Run(order, progress, cancellation),
        JobKind.Evaluate => EvaluateWork.Run(order, folder, progress, cancellation),
        JobKind.Caption => CaptionWork.Run(order, folder, progress, cancellation),
        _ => throw new CaptionTLException($"There are no jobs of kind {order.Kind}."),
    };

    // Requests are answered first, and where memory runs out it is the job that ends.
    private static void YieldToTheService()
    {
        using var self = Process.GetCurrentProcess();
        self.PriorityClass = ProcessPriorityClass.BelowNormal;
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/oom_score_adj", "500");
    }
}

/// <summary>
/// Listens to the parent on standard input: "until MILLISECONDS" prolongs the lease (since 1970), "stop" asks for an orderly stop. The end
/// of the input means that the parent is gone: the work stops as well, in an orderly way as long as the lease holds. When the lease runs
/// out, since the parent does not renew it any more or because this process was itself stopped for a while, the process ends at once: by
/// then another one may have taken up the work.
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
        output.Write(new JobMessage { Log = "The service's process is gone; stopping." });
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
