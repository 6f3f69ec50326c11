using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Evaluation;
using CaptionTL.Models;
using CaptionTL.Training;
using CaptionTL.Training.Classes;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl eval: how well a model's captions agree with those of people, or its classes with the labels.</summary>
internal sealed class EvalCommand : CliCommand
{
    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive, a caption or label file", Required = true };
    private readonly Option<string> _split = new("--split") { Description = "Which pictures", HelpName = "train|dev|test|all", CompletionSources = { "train", "dev", "test", "all" }, DefaultValueFactory = _ => "test" };
    private readonly Option<string?> _splitFile = new("--split-file") { Description = "split.json of a run, where the data set has no official splits" };
    private readonly Option<string?> _results = new("--coco-results") { Description = "Captions: also write them as a COCO results file", HelpName = "FILE" };
    private readonly Option<string?> _report = new("--report") { Description = "Classes: also write a page with the confusion matrix and the most wrong pictures", HelpName = "FILE" };
    private readonly ModelOption _model = new();
    private readonly DecodingSettings _decoding = new();
    private readonly PrecisionOption _precision = new();
    private readonly CacheFolderOption _cache = new();

    public EvalCommand() : base(
        "eval", "Score a model: captions with BLEU-1 to 4, ROUGE-L, CIDEr-D as coco-caption computes them; classes with accuracy, F1 and a confusion matrix",
        "captiontl eval --model runs/flickr8k/model.captiontl --data Flickr8k --split test",
        "captiontl eval --data Flickr8k --split dev --beam 5 --json --coco-results results.json",
        "captiontl eval --model runs/bees/model.captiontl --data class-folders --split dev --report report.html")
    {
        foreach (Option option in (Option[])[_data, _split, _splitFile, _results, _report, _model]) Add(option);
        _decoding.AddTo(this);
        Add(_precision);
        Add(_cache);
    }

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
        if (run.Get(_report) is not null) throw new CaptionTLException($"{path} writes captions; --report is for models that sort pictures into classes.");
        var dataset = CaptionDatasetReader.Open(run.Get(_data)!);
        var items = Items(run, dataset, dataset.Items, () => DataSplit.Create(dataset));
        using var captioner = Captioner.Load(path, run.Get(_precision));
        var options = _decoding.Resolve(run, captioner.Manifest.Decoding!);
        using var cache = _cache.Open(run);
        CaptionedSplit result;
        int skipped;
        using (var progress = run.Progress())
        {
            using var embedded = new PictureEmbedder(cache, captioner.Encoder, captioner.Preprocessor).Embed(EmbeddingItem.Of(items), 1, "embedding", new RunProgressForwarder(progress), run.CancellationToken);
            skipped = embedded.Built.Skipped.Count;
            var kept = embedded.Kept.Select(i => items[i]).ToList();
            var evaluator = new CaptionEvaluator([.. kept.Select(i => i.Id)], [.. kept.Select(i => i.Captions)], captioner.Vocabulary, options);
            result = evaluator.Evaluate(captioner.Decoder, embedded.Embeddings, progress: (done, total) => progress.Report("captioning", done, total, "pictures"), cancellation: run.CancellationToken);
        }
        if (run.Get(_results) is { } file) CocoResults.Save(file, result.Captions.Select(c => (c.Id, c.Caption)));
        var scores = result.Scores;
        run.Output.Write(
            new
            {
                Model = captioner.Manifest.Name, Data = dataset.Name, Split = run.Get(_split), Pictures = result.Captions.Count, Skipped = skipped,
                Bleu1 = scores.Bleu[0], Bleu2 = scores.Bleu[1], Bleu3 = scores.Bleu[2], Bleu4 = scores.Bleu[3], scores.RougeL, scores.CiderD,
                DistinctCaptions = result.Diversity.Distinct, options.Beam, options.LengthNormalization,
            },
            text =>
            {
                text.WriteLine(FormattableString.Invariant($"{captioner.Manifest.Name} on {result.Captions.Count} pictures of {dataset.Name} ({run.Get(_split)}), beam {options.Beam}"));
                TextTable.Write(text, ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "distinct"],
                    [[.. scores.Bleu.Append(scores.RougeL).Append(scores.CiderD).Select(Number), FormattableString.Invariant($"{result.Diversity.DistinctShare:P0}")]]);
            });
    }

    private void ScoreClasses(CommandRun run, string path)
    {
        if (run.Get(_results) is not null) throw new CaptionTLException($"{path} sorts pictures into classes; --coco-results is for captions.");
        var dataset = LabelledDatasetReader.Open(run.Get(_data)!);
        using var classifier = Classifier.Load(path, run.Get(_precision));
        var items = Known(classifier, dataset, Items(run, dataset, dataset.Items, () => DataSplit.Create(dataset)));
        using var cache = _cache.Open(run);
        ClassEvaluator.Result result;
        int skipped;
        using (var progress = run.Progress())
        {
            using var embedded = new PictureEmbedder(cache, classifier.Encoder, classifier.Preprocessor).Embed(EmbeddingItem.Of(items), 1, "embedding", new RunProgressForwarder(progress), run.CancellationToken);
            skipped = embedded.Built.Skipped.Count;
            result = new ClassEvaluator(classifier.Classes, [.. embedded.Kept.Select(i => items[i])])
                .Evaluate(classifier.Head, embedded.Embeddings, progress: (done, total) => progress.Report("sorting", done, total, "pictures"), cancellation: run.CancellationToken, temperature: classifier.Manifest.Temperature ?? 1);
        }
        var scores = result.Scores;
        if (run.Get(_report) is { } file)
            new ClassificationReportHtml().Save(file, result.Report(classifier.Manifest.Name, dataset.Name, run.Get(_split)!), run.CancellationToken);
        run.Output.Write(
            new
            {
                Model = classifier.Manifest.Name, Data = dataset.Name, Split = run.Get(_split), scores.Pictures, Skipped = skipped, scores.Accuracy, scores.BalancedAccuracy, scores.MacroF1, scores.LogLoss,
                scores.TopAccuracy, scores.Classes, scores.Confusion,
                MostWrong = MostWrong.Of(result.Pictures, 20).Select(p => new { p.Id, Truth = classifier.Classes[p.Truth], Answer = classifier.Classes[p.Predicted], Probability = p.Probabilities[p.Predicted] }),
            },
            text =>
            {
                text.WriteLine(FormattableString.Invariant($"{classifier.Manifest.Name} on {scores.Pictures} pictures of {dataset.Name} ({run.Get(_split)}): accuracy {scores.Accuracy:P1}, balanced {scores.BalancedAccuracy:P1}, macro F1 {scores.MacroF1:0.000}, log loss {scores.LogLoss:0.000}"));
                TextTable.Write(text, ["class", "pictures", "precision", "recall", "F1"], [.. scores.Classes.Select(c => (string[])[c.Name, c.Support.ToString(CultureInfo.InvariantCulture), Number(c.Precision), Number(c.Recall), Number(c.F1)])]);
                foreach (var p in MostWrong.Of(result.Pictures, 5))
                    text.WriteLine(FormattableString.Invariant($"most wrong: {p.Id} is {classifier.Classes[p.Truth]}, the answer was {classifier.Classes[p.Predicted]} ({p.Probabilities[p.Predicted]:P1})"));
            });
    }

    // The data set may name fewer classes than the model, or in another order; a class the model lacks cannot be scored.
    private static List<LabelledItem> Known(Classifier classifier, LabelledDataset dataset, IReadOnlyList<LabelledItem> items)
    {
        var index = classifier.Classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var unknown = dataset.Classes.Where((name, i) => !index.ContainsKey(name) && items.Any(item => item.Class == i)).ToList();
        if (unknown.Count > 0)
            throw new CaptionTLException($"{dataset.Path} has pictures of {string.Join(", ", unknown.Take(5))}{(unknown.Count > 5 ? " …" : "")}, which the model does not know. Its classes: {string.Join(", ", classifier.Classes.Take(20))}{(classifier.Classes.Count > 20 ? " …" : "")}.");
        return [.. items.Select(i => i with { Class = index[dataset.Classes[i.Class]] })];
    }

    private IReadOnlyList<T> Items<T>(CommandRun run, Dataset dataset, IReadOnlyList<T> all, Func<DataSplit> official) where T : DatasetItem
    {
        var name = run.Get(_split)!;
        if (name == "all") return all;
        if (!Enum.TryParse<Split>(name, ignoreCase: true, out var split) || !Enum.IsDefined(split)) throw new CaptionTLException($"--split is '{name}'; it must be train, dev, test or all.");
        DataSplit splits;
        if (run.Get(_splitFile) is { } file)
        {
            splits = DataSplit.Load(file);
            splits.CheckAgainst(dataset);
        }
        else if (dataset.HasOfficialSplits)
        {
            splits = official();
        }
        else
        {
            throw new CaptionTLException($"{dataset.Path} has no official splits. Name the run's with --split-file runs/NAME/split.json, or score all of it with --split all.");
        }
        List<T> items = [.. all.Where(i => splits[i.Id] == split)];
        return items.Count > 0 ? items : throw new CaptionTLException($"{dataset.Path} has no {name} pictures; it has {splits.Count(Split.Train)} train, {splits.Count(Split.Dev)} dev and {splits.Count(Split.Test)} test.");
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
