using System.CommandLine;
using CaptionTL.Captions;
using CaptionTL.Classes;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Models;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl eval: how well a model's captions agree with the reference captions, or its classes with the labels.</summary>
internal sealed class EvalCommand : CliCommand
{
    private readonly DatasetOption _data = new();
    private readonly Option<string> _split = new("--split")
    {
        Description = "Which images", HelpName = "train|dev|test|all", CompletionSources = { "train", "dev", "test", "all" },
        DefaultValueFactory = _ => "test",
    };
    private readonly Option<string?> _splitFile = new("--split-file")
    {
        Description = "The file split.json of a run, for data sets without official splits", HelpName = "FILE",
    };
    private readonly Option<string?> _results = new("--coco-results")
    {
        Description = "Captions: also write them as a COCO results file", HelpName = "FILE",
    };
    private readonly Option<string?> _report = new("--report")
    {
        Description = "Classes: also write an HTML page with the confusion matrix and the most wrong images", HelpName = "FILE",
    };
    private readonly ModelOption _model = new();
    private readonly DecodingSettings _decoding = new();
    private readonly CacheFolderOption _cache = new();
    private readonly ComputeSettings _compute = new();

    public EvalCommand() : base(
        "eval", "Evaluate a model: captions by BLEU-1 to 4, ROUGE-L and CIDEr-D as coco-caption computes them; classes by accuracy, F1 "
            + "and a confusion matrix",
        "captiontl eval --model runs/flickr8k/model.captiontl --data Flickr8k --split test",
        "captiontl eval --data Flickr8k --split dev --beam 5 --json --coco-results results.json",
        "captiontl eval --model runs/bees/model.captiontl --data class-folders --split dev --report report.html") =>
        Accept([_data, _split, _splitFile, _results, _report, _model, .. _decoding.Options, _cache, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var path = _model.Resolve(run);
        string task;
        using (var bundle = ModelBundle.Open(path)) task = bundle.Manifest.Task;
        if (task == "classify") ScoreClasses(run, path);
        else ScoreCaptions(run, path);
        return Task.FromResult(ExitCode.Done);
    }

    private void ScoreCaptions(CommandRun run, string path)
    {
        if (run.Get(_report) is not null)
            throw new CaptionTLException($"{path} writes captions; --report is for models that sort images into classes.");
        var dataset = CaptionDatasetReader.Open(run.Get(_data)!);
        var images = Choose(run, dataset, dataset.Items);
        using var captioner = Captioner.Load(path, _compute.Use(run));
        var options = _decoding.Resolve(run, captioner.Manifest.Decoding!);
        var (result, skipped) = Evaluate(run, evaluation => evaluation.Score(captioner, images.Items, options));
        if (run.Get(_results) is { } file) CocoResults.Save(file, result.Captions.Select(c => (c.Id, c.Caption)));
        var scores = result.Scores;
        run.Output.Write(
            new
            {
                Model = captioner.Manifest.Name, Data = dataset.Name, Split = images.Name, Images = result.Captions.Count,
                Skipped = skipped, Bleu1 = scores.Bleu[0], Bleu2 = scores.Bleu[1], Bleu3 = scores.Bleu[2], Bleu4 = scores.Bleu[3],
                scores.RougeL, scores.CiderD, DistinctCaptions = result.Diversity.Distinct, options.Beam, options.LengthNormalization,
            },
            text =>
            {
                text.WriteLine($"{captioner.Manifest.Name} on {Units.Count(result.Captions.Count, "image")} of {dataset.Name} "
                    + $"({images.Name}), beam {options.Beam}");
                IEnumerable<double> numbers = [.. scores.Bleu, scores.RougeL, scores.CiderD];
                TextTable.Write(text, ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "distinct"],
                    [[.. numbers.Select(n => $"{n:0.000}"), $"{result.Diversity.DistinctShare:P0}"]]);
            });
    }

    private void ScoreClasses(CommandRun run, string path)
    {
        if (run.Get(_results) is not null)
            throw new CaptionTLException($"{path} sorts images into classes; --coco-results is for captions.");
        var dataset = LabelledDatasetReader.Open(run.Get(_data)!);
        var images = Choose(run, dataset, dataset.Items);
        using var classifier = Classifier.Load(path, _compute.Use(run));
        var (result, skipped) = Evaluate(run, evaluation => evaluation.Score(classifier, dataset, images.Items));
        var scores = result.Scores;
        if (run.Get(_report) is { } file)
            new ClassificationReportHtml().Save(file, result.Report(classifier.Manifest.Name, dataset.Name, images.Name),
                run.CancellationToken);
        run.Output.Write(
            new
            {
                Model = classifier.Manifest.Name, Data = dataset.Name, Split = images.Name, scores.Images, Skipped = skipped,
                scores.Accuracy, scores.BalancedAccuracy, scores.MacroF1, scores.LogLoss, scores.TopAccuracy, scores.Classes,
                scores.Confusion,
                MostWrong = MostWrong.Of(result.Images, 20).Select(p => new
                {
                    p.Id, Truth = classifier.Classes[p.Truth], Answer = classifier.Classes[p.Predicted],
                    Probability = p.Probabilities[p.Predicted],
                }),
            },
            text =>
            {
                text.WriteLine($"{classifier.Manifest.Name} on {Units.Count(scores.Images, "image")} of {dataset.Name} ({images.Name}): "
                    + $"accuracy {scores.Accuracy:P1}, balanced {scores.BalancedAccuracy:P1}, macro F1 {scores.MacroF1:0.000}, "
                    + $"log loss {scores.LogLoss:0.000}");
                TextTable.Write(text, ["class", "images", "precision", "recall", "F1"], [.. scores.Classes.Select(c => (string[])
                    [c.Name, $"{c.Support}", $"{c.Precision:0.000}", $"{c.Recall:0.000}", $"{c.F1:0.000}"])]);
                foreach (var p in MostWrong.Of(result.Images, 5))
                    text.WriteLine($"most wrong: {p.Id} is {classifier.Classes[p.Truth]}, the answer was "
                        + $"{classifier.Classes[p.Predicted]} ({p.Probabilities[p.Predicted]:P1})");
            });
    }

    private (string Name, IReadOnlyList<T> Items) Choose<T>(CommandRun run, Dataset dataset, IReadOnlyList<T> items) where T : DatasetItem
    {
        var split = run.Get(_splitFile) is { } file ? DataSplit.Load(file) : null;
        split?.CheckAgainst(dataset);
        return ScoredImages.Choose(dataset, items, split, run.Get(_split),
            "Name the split of the run with --split-file runs/NAME/split.json, or evaluate all images with --split all.");
    }

    private T Evaluate<T>(CommandRun run, Func<ModelEvaluation, T> score)
    {
        using var cache = _cache.Open(run);
        using var progress = run.Progress();
        return score(new ModelEvaluation(cache, new RunProgressForwarder(progress), run.CancellationToken));
    }
}
