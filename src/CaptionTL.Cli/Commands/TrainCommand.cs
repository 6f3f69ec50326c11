using System.Globalization;
using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.IO;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl train: a model from a data set with captions or with classes, as a plan says.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive, a caption or label file",
        Required = true };
    private readonly Option<string> _out = new("--out") { Description = "Run folder; an unfinished run of the same plan in it is "
        + "gone on with", Required = true };
    private readonly PlanSettings _plan = new();
    private readonly Option<string?> _name = new("--name") { Description = "Name of the model [default: the run folder's]" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Begin again where the folder holds a run" };
    private readonly Option<bool> _reference = new("--encoder-by-reference") { Description = "Name the encoder in the bundle instead of "
        + "putting its weights in" };
    private readonly Option<bool> _blind = new("--blind") { Description = "Train and score with the images exchanged for one another: "
        + "what is scored then needs no image" };
    private readonly Option<bool> _quote = new("--quote") { Description = "Only say what the run will cost in time, disk and memory, "
        + "measured on 20 images and a few steps; leaves only their embeddings in the cache" };
    private readonly ComputeSettings _compute = new();
    private readonly CacheFolderOption _cache = new();

    public TrainCommand() : base(
        "train", "Train a captioner or a classifier on a data set; Ctrl-C saves, and the same command goes on",
        "captiontl train --data Flickr8k --out runs/flickr8k",
        "captiontl train --data my-photos/metadata.jsonl --out runs/mine --set phases[0].epochs=15 --backbone resnet50",
        "captiontl train --data class-folders --out runs/bees --plan features+svm",
        "captiontl train --data Flickr8k --out runs/flickr8k --plan caption+finetune --quote",
        "captiontl train --data photos.zip --out runs/plain --set head.attention=false --json")
    {
        Add(_data);
        Add(_out);
        _plan.AddTo(this);
        foreach (Option option in (Option[])[_name, _overwrite, _reference, _blind, _quote, _cache]) Add(option);
        _compute.AddTo(this);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var data = run.Get(_data)!;
        var plan = _plan.Resolve(run, data);
        var options = new TrainingRunOptions
        {
            Plan = plan with { Blind = plan.Blind || run.Get(_blind) },
            Data = data,
            Out = run.Get(_out)!,
            Name = run.Get(_name),
            CacheFolder = run.Get(_cache) ?? AppFolders.Embeddings,
            Overwrite = run.Get(_overwrite),
            IncludeEncoder = !run.Get(_reference),
            Precision = _compute.Use(run),
        };
        if (run.Get(_quote)) return Quote(run, options);
        TrainingRunResult result;
        using (var progress = run.Progress())
            result = new TrainingRun(options, new WeightStore(), new RunProgressForwarder(progress)).Execute(run.CancellationToken);
        var (scores, learned) = (result.Manifest.Scores!, result.Manifest.Data);
        run.Output.Write(
            new
            {
                result.Bundle, result.Manifest.Task, scores.Main, Scores = scores.Values,
                Seconds = Math.Round(result.Elapsed.TotalSeconds, 1), result.Skipped,
                Data = new { learned.Name, learned.TrainImages, learned.DevImages, learned.TrainCaptions }, result.Manifest.Plan.Blind,
            },
            text =>
            {
                var all = string.Join(", ", scores.Values.Select(s => FormattableString.Invariant($"{s.Key} {s.Value:0.000}")));
                text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{result.Bundle}: {all} on {result.Manifest.Data.DevImages} dev images, "
                    + $"after {Units.Duration(result.Elapsed)}"));
                if (result.Skipped > 0)
                    text.WriteLine(FormattableString.Invariant($"{result.Skipped} images were skipped; the lines above say why."));
                if (result.Report is { } report) text.WriteLine($"The report with the most wrong images: {report}");
                if (result.Manifest.Plan.Blind)
                    text.WriteLine("Trained blind: every image had the embedding of another one. What the same plan scores above this "
                        + "without --blind is what the images give.");
                else text.WriteLine($"Try it: captiontl {result.Manifest.Task} PHOTO --model {result.Bundle}");
            });
        return Task.FromResult(ExitCode.Done);
    }

    private static Task<int> Quote(CommandRun run, TrainingRunOptions options)
    {
        CostQuote quote;
        using (var progress = run.Progress())
            quote = CostQuoter.Measure(options.Plan, options.Data, new WeightStore(), options.CacheFolder, options.Precision,
                new RunProgressForwarder(progress), run.CancellationToken);
        run.Output.Write(quote, text => CostQuoteText.Write(text, quote));
        return Task.FromResult(ExitCode.Done);
    }
}
