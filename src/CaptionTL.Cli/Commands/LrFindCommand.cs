using CaptionTL.Cli.Output;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl lr-find: which learning rate suits a plan's first phase on a data set.</summary>
internal sealed class LrFindCommand : CliCommand
{
    private const int RowsShown = 25;

    private readonly DatasetOption _data = new();
    private readonly PlanSettings _plan = new();
    private readonly CacheFolderOption _cache = new();
    private readonly ComputeSettings _compute = new();

    public LrFindCommand() : base(
        "lr-find", "Find a learning rate for a plan's first phase by a short training whose rate grows at every step; leaves nothing but "
            + "embeddings in the cache",
        "captiontl lr-find --data Flickr8k",
        "captiontl lr-find --data class-folders --plan features+dense --json") =>
        Accept([_data, .. _plan.Options, _cache, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var data = run.Get(_data)!;
        var plan = _plan.Resolve(run, data);
        LearningRateRange range;
        using (var progress = run.Progress())
            range = LearningRateFinder.Find(plan, data, new WeightStore(), _cache.Folder(run), _compute.Use(run),
                new RunProgressForwarder(progress), run.CancellationToken);
        run.Output.Write(
            new
            {
                range.Phase, range.Steepest, range.TenthOfMinimum, MinimumRate = range.Minimum.Rate,
                MinimumLoss = range.Minimum.Smoothed, range.Diverged, range.Points,
            },
            text => Write(text, range, plan.Phases[0].LearningRate));
        return Task.FromResult(ExitCode.Done);
    }

    private static void Write(TextWriter text, LearningRateRange range, double current)
    {
        var every = (range.Points.Count + RowsShown - 1) / RowsShown;
        var rows = range.Points.Where((point, i) => i % every == 0 || point == range.Minimum);
        TextTable.Write(text, ["rate", "loss", "smoothed"],
            [.. rows.Select(p => (string[])[Rate(p.Rate), $"{p.Loss:0.000}", $"{p.Smoothed:0.000}"])]);
        text.WriteLine($"phase '{range.Phase}': the loss falls fastest at {Rate(range.Steepest)} and is lowest at "
            + $"{Rate(range.Minimum.Rate)}{(range.Diverged ? ", then it diverges" : "")}");
        text.WriteLine($"Try --set phases[0].learningRate={Rate(range.Steepest)} (steepest descent) or {Rate(range.TenthOfMinimum)} "
            + $"(a tenth of the rate at the minimum); the plan has {Rate(current)}.");
    }

    private static string Rate(double value) => $"{value:0.0e-0}";
}
