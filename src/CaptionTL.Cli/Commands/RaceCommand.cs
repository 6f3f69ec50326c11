using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl race: which plan is worth its time on these images.</summary>
internal sealed class RaceCommand : CliCommand
{
    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive, a caption or label file",
        Required = true };
    private readonly Option<string> _out = new("--out") { Description = "Folder of the race; each plan is a run below it, and a race "
        + "that was stopped goes on", Required = true };
    private readonly Option<string[]> _plans = new("--plan") { Description = "Named plans or plan files [default: all for this "
        + "kind of data]", HelpName = "NAME|FILE", CompletionSources = { KnownNames.Plans }, AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _minutes = new("--minutes") { Description = "Time for all of it", DefaultValueFactory = _ => 30 };
    private readonly Option<bool> _curve = new("--learning-curve") { Description = "Each plan also on 10, 25 and 50 % of the training "
        + "images: would more images help?" };
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Pretrained weights to build on [default: the plans']",
        HelpName = "WEIGHTS", CompletionSources = { KnownNames.Weights } };
    private readonly Option<long> _seed = new("--seed") { Description = "Of everything random", DefaultValueFactory = _ => 1 };
    private readonly ComputeSettings _compute = new();
    private readonly CacheFolderOption _cache = new();

    public RaceCommand() : base(
        "race", "Run several plans on one split within a time: quality, seconds and bytes of each, and which to take",
        "captiontl race --data class-folders --out runs/race",
        "captiontl race --data class-folders --out runs/curve --plan features+logistic --learning-curve --minutes 5")
    {
        foreach (Option option in (Option[])[_data, _out, _plans, _minutes, _curve, _backbone, _seed, _cache]) Add(option);
        _compute.AddTo(this);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var minutes = run.Get(_minutes);
        if (minutes is not (> 0 and <= 100_000))
            throw new CaptionTLException(FormattableString.Invariant($"--minutes is {minutes}; it must be above 0."));
        var task = DatasetReader.Open(run.Get(_data)!).Task;
        var plans = Plans(run, task);
        var options = new TrainingRunOptions
        {
            Plan = plans[0].Plan, Data = run.Get(_data)!, Out = run.Get(_out)!, CacheFolder = run.Get(_cache) ?? AppFolders.Embeddings,
                Precision = _compute.Use(run),
        };
        RaceResult result;
        using (var progress = run.Progress())
            result = new Race(options, new WeightStore(), new RunProgressForwarder(progress))
                .Execute(plans, run.Get(_curve) ? Race.CurveShares : [1], TimeSpan.FromMinutes(minutes), run.CancellationToken);
        var best = result.Recommended;
        run.Output.Write(
            new { result.DevImages, Recommended = best?.Plan, best?.Bundle,
                Entries = result.Entries.Select(e => new { e.Plan, e.TrainShare, e.Outcome, e.Scores?.Main, Scores = e.Scores?.Values,
                Seconds = Math.Round(e.Elapsed.TotalSeconds, 1), e.BundleBytes, e.Bundle }) },
            text =>
            {
                var names = result.Entries.FirstOrDefault(e => e.Scores is not null)?.Scores!.Values.Keys.ToArray() ?? [];
                TextTable.Write(text, ["plan", "images", .. names, "time", "model"], [.. result.Entries.Select(e => (string[])
                [
                    e.Plan, FormattableString.Invariant($"{e.TrainShare * 100:0} %"),
                    .. names.Select(n => e.Scores is { } s ? s[n].ToString("0.000", CultureInfo.InvariantCulture) : ""),
                    e.Outcome switch { RaceOutcome.Finished => Units.Duration(e.Elapsed), RaceOutcome.CutOff => "cut off",
                        _ => "not begun" },
                    e.BundleBytes > 0 ? Units.Bytes(e.BundleBytes) : "",
                ])]);
                text.WriteLine();
                if (best is null)
                    text.WriteLine("No plan came to its end; give the race more time with --minutes, it goes on where it was.");
                else text.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"Take {best.Plan} ({best.Scores!.Main} "
                        + $"{best.Scores.Values[best.Scores.Main]:0.000} on "
                    + $"{result.DevImages} dev images): no other is better, or as good as far as so many images can tell and much "
                    + $"quicker. {best.Bundle}"));
            });
        return Task.FromResult(result.Entries.Any(e => e.Outcome == RaceOutcome.Finished) ? ExitCode.Done : ExitCode.Failed);
    }

    private List<(string Name, TransferPlan Plan)> Plans(CommandRun run, string task)
    {
        var named = run.Get(_plans) is { Length: > 0 } chosen
            ? chosen.Select(p => (Name: File.Exists(p) ? Path.GetFileNameWithoutExtension(p) : p, Plan: PlanFile.Open(p)))
            : PlanPresets.All.Where(p => p.Plan.Head.Task == task).Select(p => (p.Name, p.Plan));
        var plans = named.Select(p => (p.Name, p.Plan with { Backbone = run.Get(_backbone) ?? p.Plan.Backbone, Seed = run.Get(_seed) }))
            .ToList();
        if (plans.FirstOrDefault(p => p.Item2.Head.Task != task) is { Name: { } other })
            throw new CaptionTLException($"The plan '{other}' is not for this data, which has "
                + $"{(task == "caption" ? "captions" : "classes")}. 'captiontl plan list' shows what each is for.");
        return plans.DistinctBy(p => p.Name).Count() == plans.Count ? plans
            : throw new CaptionTLException("Two of the plans have the same name; each needs a folder of its own.");
    }
}
