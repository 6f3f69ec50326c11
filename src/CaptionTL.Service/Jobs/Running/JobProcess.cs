using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>
/// The service's program as a job's process: "job FOLDER". Does what the folder's job.json says, tells its parent on standard output how far
/// it is, and leaves result.json. Work goes on where an earlier process in the folder stopped.
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

    private static JobOutcome Carry(JobOrder order, string folder, IProgress<Training.RunProgress> progress, CancellationToken cancellation) => order.Kind switch
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
