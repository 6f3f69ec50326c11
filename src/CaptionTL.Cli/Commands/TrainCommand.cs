using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl train: trains a model on a data set with captions or with classes, as a plan says.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly DatasetOption _data = new();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Run folder; an unfinished run of the same plan in it is resumed", HelpName = "FOLDER", Required = true,
    };
    private readonly PlanSettings _plan = new();
    private readonly Option<string?> _name = new("--name")
    {
        Description = "Name of the model [default: the name of the run folder]", HelpName = "NAME",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Start over if the folder already holds a run" };
    private readonly Option<bool> _reference = new("--encoder-by-reference")
    {
        Description = "Store only the name of the encoder in the bundle, not its weights",
    };
    private readonly Option<bool> _blind = new("--blind")
    {
        Description = "Shuffled-image baseline: train and evaluate with the images exchanged among one another, which shows what scores "
            + "are possible without looking at the image",
    };
    private readonly Option<bool> _quote = new("--quote")
    {
        Description = "Only estimate the time, disk space and memory of the run, measured on 20 images and a few steps; leaves nothing "
            + "but their embeddings in the cache",
    };
    private readonly CacheFolderOption _cache = new();
    private readonly ComputeSettings _compute = new();

    public TrainCommand() : base(
        "train", "Train a captioner or a classifier on a data set; Ctrl-C saves the run, and the same command resumes it",
        "captiontl train --data Flickr8k --out runs/flickr8k",
        "captiontl train --data my-photos/metadata.jsonl --out runs/mine --set phases[0].epochs=15 --backbone resnet50",
        "captiontl train --data class-folders --out runs/bees --plan features+svm",
        "captiontl train --data Flickr8k --out runs/flickr8k --plan caption+finetune --quote",
        "captiontl train --data photos.zip --out runs/plain --set head.attention=false --json") =>
        Accept([_data, _out, .. _plan.Options, _name, _overwrite, _reference, _blind, _quote, _cache, .. _compute.Options]);

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
            CacheFolder = _cache.Folder(run),
            Overwrite = run.Get(_overwrite),
            IncludeEncoder = !run.Get(_reference),
            Precision = _compute.Use(run),
        };
        if (run.Get(_quote)) Quote(run, options);
        else Train(run, options);
        return Task.FromResult(ExitCode.Done);
    }

    private static void Train(CommandRun run, TrainingRunOptions options)
    {
        TrainingRunResult result;
        using (var progress = run.Progress())
            result = new TrainingRun(options, new WeightStore(), new RunProgressForwarder(progress)).Execute(run.CancellationToken);
        var (manifest, scores, learned) = (result.Manifest, result.Manifest.Scores!, result.Manifest.Data);
        run.Output.Write(
            new
            {
                result.Bundle, manifest.Task, scores.Main, Scores = scores.Values,
                Seconds = Math.Round(result.Elapsed.TotalSeconds, 1), result.Skipped,
                Data = new { learned.Name, learned.TrainImages, learned.DevImages, learned.TrainCaptions }, manifest.Plan.Blind,
            },
            text =>
            {
                var all = string.Join(", ", scores.Values.Select(s => $"{s.Key} {s.Value:0.000}"));
                text.WriteLine($"{result.Bundle}: {all} on {Units.Count(learned.DevImages, "dev image")}, "
                    + $"after {Units.Duration(result.Elapsed)}");
                if (result.Skipped > 0)
                    text.WriteLine($"Skipped {Units.Count(result.Skipped, "image")}; the lines above say why.");
                if (result.Report is { } report) text.WriteLine($"The report with the most wrong images: {report}");
                if (manifest.Plan.Blind)
                    text.WriteLine("Trained as a shuffled-image baseline: every image had the embedding of another one. What the same "
                        + "plan scores above this without --blind comes from looking at the images.");
                else text.WriteLine($"Try it: captiontl {manifest.Task} PHOTO --model {result.Bundle}");
            });
    }

    private static void Quote(CommandRun run, TrainingRunOptions options)
    {
        CostQuote quote;
        using (var progress = run.Progress())
            quote = CostQuoter.Measure(options.Plan, options.Data, new WeightStore(), options.CacheFolder, options.Precision,
                new RunProgressForwarder(progress), run.CancellationToken);
        run.Output.Write(quote, text => Write(text, quote));
    }

    private static void Write(TextWriter text, CostQuote quote)
    {
        List<string[]> rows =
        [
            .. quote.Embeddings.Select(e => (string[])
                [$"embed up to {e.Cut}", $"{e.Missing} of {e.Embeddings} embeddings missing", Time(e.Seconds), Units.Bytes(e.Bytes)]),
            .. quote.Phases.Select(p => (string[])
                [$"train, phase {p.Phase}", $"{Units.Count(p.Epochs, "epoch")} of {Units.Count(p.StepsAnEpoch, "step")}, "
                    + $"{Units.Count(p.DevImages, "dev image")} scored after each", Time(p.Seconds), ""]),
        ];
        if (quote.Phases.Count == 0) rows.Add(["fit the head", "in one go, not measured: seconds to a minute", "", ""]);
        rows.Add(["checkpoints and bundle", "", "", Units.Bytes(quote.RunBytes)]);
        rows.Add(["total", $"{Units.Count(quote.TrainImages, "training image")} in {Units.Count(quote.Views, "view")}, "
            + Units.Count(quote.DevImages, "dev image"), Time(quote.Seconds), Units.Bytes(quote.CacheBytes + quote.RunBytes)]);
        TextTable.Write(text, ["part", "of", "time", "disk"], rows);
        text.WriteLine($"Memory: about {Units.Bytes(quote.MemoryBytes)}; embeddings are mapped from disk in addition. Phases that stop "
            + "early take less time.");
    }

    private static string Time(double seconds) => Units.Duration(TimeSpan.FromSeconds(seconds));
}
