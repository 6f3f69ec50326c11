using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl race: which plan is worth its time on these images.</summary>
internal sealed class RaceCommand : CliCommand
{
    private readonly DatasetOption _data = new();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder of the race, with a run folder for each plan; an interrupted race in it is resumed",
        HelpName = "FOLDER", Required = true,
    };
    private readonly Option<string[]> _plans = new("--plan")
    {
        Description = "Preset plans or plan files [default: all presets for this kind of data]", HelpName = "NAME|FILE",
        CompletionSources = { KnownNames.Plans }, AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "Time limit of the whole race in minutes", HelpName = "N", DefaultValueFactory = _ => 30,
    };
    private readonly Option<bool> _curve = new("--learning-curve")
    {
        Description = "Also train each plan on 10, 25 and 50 % of the training images, which shows whether more images would help",
    };
    private readonly BackboneOption _backbone = new("Pretrained weights to start from [default: those of each plan]");
    private readonly Option<long> _seed = new("--seed")
    {
        Description = "Seed of all random numbers of the race", HelpName = "N", DefaultValueFactory = _ => 1,
    };
    private readonly CacheFolderOption _cache = new();
    private readonly ComputeSettings _compute = new();

    public RaceCommand() : base(
        "race", "Run several plans on the same split within a time limit, compare their quality, time and size, and recommend one",
        "captiontl race --data class-folders --out runs/race",
        "captiontl race --data class-folders --out runs/curve --plan features+logistic --learning-curve --minutes 5") =>
        Accept([_data, _out, _plans, _minutes, _curve, _backbone, _seed, _cache, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var minutes = run.Get(_minutes);
        if (minutes is not (> 0 and <= 100_000)) throw new CaptionTLException($"--minutes is {minutes}; it must be above 0.");
        var task = DatasetReader.Open(run.Get(_data)!).Task;
        var plans = Plans(run, task);
        var options = new TrainingRunOptions
        {
            Plan = plans[0].Plan,
            Data = run.Get(_data)!,
            Out = run.Get(_out)!,
            CacheFolder = _cache.Folder(run),
            Precision = _compute.Use(run),
        };
        RaceResult result;
        using (var progress = run.Progress())
            result = new Race(options, new WeightStore(), new RunProgressForwarder(progress))
                .Execute(plans, run.Get(_curve) ? Race.CurveShares : [1], TimeSpan.FromMinutes(minutes), run.CancellationToken);
        var best = result.Recommended;
        run.Output.Write(
            new
            {
                result.DevImages, Recommended = best?.Plan, best?.Bundle,
                Entries = result.Entries.Select(e => new
                {
                    e.Plan, e.TrainShare, e.Outcome, e.Scores?.Main, Scores = e.Scores?.Values,
                    Seconds = Math.Round(e.Elapsed.TotalSeconds, 1), e.BundleBytes, e.Bundle,
                }),
            },
            text => Write(text, result));
        return Task.FromResult(result.Entries.Any(e => e.Outcome == RaceOutcome.Finished) ? ExitCode.Done : ExitCode.Failed);
    }

    private static void Write(TextWriter text, RaceResult result)
    {
        var names = result.Entries.FirstOrDefault(e => e.Scores is not null)?.Scores!.Values.Keys.ToArray() ?? [];
        TextTable.Write(text, ["plan", "images", .. names, "time", "model"], [.. result.Entries.Select(e => (string[])
        [
            e.Plan,
            $"{e.TrainShare * 100:0} %",
            .. names.Select(name => e.Scores is { } scores ? $"{scores[name]:0.000}" : ""),
            e.Outcome switch
            {
                RaceOutcome.Finished => Units.Duration(e.Elapsed),
                RaceOutcome.CutOff => "cut off",
                _ => "not started",
            },
            e.BundleBytes > 0 ? Units.Bytes(e.BundleBytes) : "",
        ])]);
        text.WriteLine();
        if (result.Recommended is { Scores: { } best } recommended)
            text.WriteLine($"Recommended: {recommended.Plan} ({best.Main} {best.Values[best.Main]:0.000} on "
                + $"{Units.Count(result.DevImages, "dev image")}), the best plan, or one that is as good as far as these images can tell "
                + $"and takes less than half the time. {recommended.Bundle}");
        else text.WriteLine("No plan finished; give the race more time with --minutes, and it resumes where it stopped.");
    }

    private List<(string Name, TransferPlan Plan)> Plans(CommandRun run, string task)
    {
        var named = run.Get(_plans) is { Length: > 0 } chosen
            ? chosen.Select(p => (Name: File.Exists(p) ? Path.GetFileNameWithoutExtension(p) : p, Plan: PlanFile.Open(p)))
            : PlanPresets.All.Where(p => p.Plan.Head.Task == task).Select(p => (p.Name, p.Plan));
        List<(string Name, TransferPlan Plan)> plans =
            [.. named.Select(p => (p.Name, p.Plan with { Backbone = run.Get(_backbone) ?? p.Plan.Backbone, Seed = run.Get(_seed) }))];
        if (plans.FirstOrDefault(p => p.Plan.Head.Task != task) is { Name: { } other })
            throw new CaptionTLException($"The plan '{other}' does not fit this data set, which has "
                + $"{(task == "caption" ? "captions" : "classes")}. 'captiontl plan list' shows what each plan is for.");
        if (plans.DistinctBy(p => p.Name).Count() < plans.Count)
            throw new CaptionTLException("Two of the plans have the same name; each needs a run folder of its own.");
        return plans;
    }
}
