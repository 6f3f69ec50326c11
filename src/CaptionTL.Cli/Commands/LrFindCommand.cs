using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.IO;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl lr-find: which learning rate suits a plan's first phase on a data set.</summary>
internal sealed class LrFindCommand : CliCommand
{
    private const int RowsShown = 25;

    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive, a caption or label file",
        Required = true };
    private readonly PlanSettings _plan = new();
    private readonly ComputeSettings _compute = new();
    private readonly CacheFolderOption _cache = new();

    public LrFindCommand() : base(
        "lr-find", "Find a learning rate for a plan's first phase: a short training with a rate that grows from step to step; leaves "
            + "only embeddings in the cache",
        "captiontl lr-find --data Flickr8k", "captiontl lr-find --data class-folders --plan features+dense --json")
    {
        Add(_data);
        _plan.AddTo(this);
        _compute.AddTo(this);
        Add(_cache);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var data = run.Get(_data)!;
        var plan = _plan.Resolve(run, data);
        LearningRateRange range;
        using (var progress = run.Progress())
            range = LearningRateFinder.Find(plan, data, new WeightStore(), run.Get(_cache) ?? AppFolders.Embeddings, _compute.Use(run),
                new RunProgressForwarder(progress), run.CancellationToken);
        run.Output.Write(
            new { range.Phase, range.Steepest, range.TenthOfMinimum, MinimumRate = range.Minimum.Rate,
                MinimumLoss = range.Minimum.Smoothed, range.Diverged, range.Points },
            text =>
            {
                var every = (range.Points.Count + RowsShown - 1) / RowsShown;
                TextTable.Write(text, ["rate", "loss", "smoothed"], [.. range.Points.Where((p, i) => i % every == 0 || p == range.Minimum)
                    .Select(p => (string[])[Rate(p.Rate), Loss(p.Loss), Loss(p.Smoothed)])]);
                text.WriteLine($"phase '{range.Phase}': the loss falls fastest at {Rate(range.Steepest)} and is lowest at "
                    + $"{Rate(range.Minimum.Rate)}{(range.Diverged ? ", then it runs away" : "")}");
                text.WriteLine($"Try --set phases[0].learningRate={Rate(range.Steepest)} (steepest) or {Rate(range.TenthOfMinimum)} (a "
                    + $"tenth of the minimum); the plan has {Rate(plan.Phases[0].LearningRate)}.");
            });
        return Task.FromResult(ExitCode.Done);
    }

    private static string Rate(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    private static string Loss(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
