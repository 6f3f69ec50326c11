using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Evaluation;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl eval: how well a model's captions agree with those of people.</summary>
internal sealed class EvalCommand : CliCommand
{
    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive or a caption file", Required = true };
    private readonly Option<string> _split = new("--split") { Description = "train, dev, test, or all", DefaultValueFactory = _ => "test" };
    private readonly Option<string?> _splitFile = new("--split-file") { Description = "split.json of a run, where the data set has no official splits" };
    private readonly Option<string?> _results = new("--coco-results") { Description = "Also write the captions as a COCO results file", HelpName = "FILE" };
    private readonly ModelOption _model = new();
    private readonly DecodingSettings _decoding = new();
    private readonly PrecisionOption _precision = new();
    private readonly CacheFolderOption _cache = new();

    public EvalCommand() : base(
        "eval", "Score a model's captions: BLEU-1 to 4, ROUGE-L, CIDEr-D, as coco-caption computes them",
        "captiontl eval --model runs/flickr8k/model.captiontl --data Flickr8k --split test",
        "captiontl eval --data Flickr8k --split dev --beam 5 --json --coco-results results.json")
    {
        foreach (Option option in (Option[])[_data, _split, _splitFile, _results, _model]) Add(option);
        _decoding.AddTo(this);
        Add(_precision);
        Add(_cache);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var dataset = CaptionDatasetReader.Open(run.Get(_data)!);
        var items = Items(run, dataset);
        using var captioner = Captioner.Load(_model.Resolve(run), run.Get(_precision));
        var options = _decoding.Resolve(run, captioner.Manifest.Decoding);
        using var cache = _cache.Open(run);
        CaptionedSplit result;
        int skipped;
        using (var progress = run.Progress())
        {
            using var embedded = new PictureEmbedder(cache, captioner.Encoder, captioner.Preprocessor).Embed(items, 1, "embedding", new RunProgressForwarder(progress), run.CancellationToken);
            skipped = embedded.Built.Skipped.Count;
            var evaluator = new CaptionEvaluator(embedded.Embeddings, [.. embedded.Items.Select(i => i.Id)], [.. embedded.Items.Select(i => i.Captions)], captioner.Vocabulary, options);
            result = evaluator.Evaluate(captioner.Decoder, (done, total) => progress.Report("captioning", done, total, "pictures"), run.CancellationToken);
        }
        if (run.Get(_results) is { } path) CocoResults.Save(path, result.Captions.Select(c => (c.Id, c.Caption)));
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
                    [[.. scores.Bleu.Append(scores.RougeL).Append(scores.CiderD).Select(s => s.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)), FormattableString.Invariant($"{result.Diversity.DistinctShare:P0}")]]);
            });
        return Task.FromResult(ExitCode.Done);
    }

    private IReadOnlyList<CaptionItem> Items(CommandRun run, CaptionDataset dataset)
    {
        var name = run.Get(_split)!;
        if (name == "all") return dataset.Items;
        if (!Enum.TryParse<Split>(name, ignoreCase: true, out var split) || !Enum.IsDefined(split)) throw new CaptionTLException($"--split is '{name}'; it must be train, dev, test or all.");
        DataSplit splits;
        if (run.Get(_splitFile) is { } file)
        {
            splits = DataSplit.Load(file);
            splits.CheckAgainst(dataset);
        }
        else if (dataset.HasOfficialSplits)
        {
            splits = DataSplit.Create(dataset);
        }
        else
        {
            throw new CaptionTLException($"{dataset.Path} has no official splits. Name the run's with --split-file runs/NAME/split.json, or score all of it with --split all.");
        }
        var items = splits.Items(dataset, split);
        return items.Count > 0 ? items : throw new CaptionTLException($"{dataset.Path} has no {name} pictures; it has {splits.Count(Split.Train)} train, {splits.Count(Split.Dev)} dev and {splits.Count(Split.Test)} test.");
    }
}
