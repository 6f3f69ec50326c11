using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Text;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL.Training;

/// <summary>
/// A captioner from nothing: data set → split → vocabulary → embeddings → training → model bundle. Each part that is there already
/// is used again, so the same call goes on after any interruption.
/// </summary>
/// <param name="options">What to do.</param>
/// <param name="store">Where the backbone's weights come from.</param>
/// <param name="progress">Told from the calling thread and from the embedding's.</param>
public sealed class CaptionRun(CaptionRunOptions options, WeightStore store, IProgress<RunProgress>? progress = null)
{
    private readonly TransferPlan _plan = options.Plan.Validated();

    /// <exception cref="CaptionTLException">Data, plan or folder are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Stopped in an orderly way; the same call goes on.</exception>
    public CaptionRunResult Execute(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var dataset = CaptionDatasetReader.Open(options.Data);
        var run = OpenFolder();
        var split = Split(run, dataset);
        var planned = PlannedEncoder.Load(_plan, store, options.Precision, progress, cancellation);
        using var encoder = planned.Encoder;
        using var cache = EmbeddingCache.Open(options.CacheFolder);
        var embedder = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing));
        using var train = embedder.Embed(split.Items(dataset, Datasets.Split.Train), _plan.Views, "embed training pictures", progress, cancellation);
        using var dev = embedder.Embed(split.Items(dataset, Datasets.Split.Dev), 1, "embed dev pictures", progress, cancellation);

        var captions = train.Items.Select(i => i.Captions.Select(CaptionTokenizer.Tokenize).Where(words => words.Length > 0).ToList()).ToList();
        var vocabulary = Vocabulary.Build(captions.SelectMany(c => c), _plan.MinimumWordFrequency);
        if (vocabulary.Count == Vocabulary.SpecialTokens.Count)
            throw new CaptionTLException($"No word occurs {_plan.MinimumWordFrequency} times in the training captions, so there is nothing to learn. Lower it with --min-frequency.");
        vocabulary.Save(run.Vocabulary);
        var pictures = captions.SelectMany((words, i) => TrainingPicture.Of(i, words.Select(w => w.Take(_plan.MaximumWords).Select(vocabulary.IdOf).ToArray()), _plan.CaptionsTogether)).ToList();
        if (pictures.Count == 0) throw new CaptionTLException($"{dataset.Path} has no training captions with words in them.");

        ReportUnknown(vocabulary, dev.Items);

        torch.manual_seed(_plan.Seed);
        using var decoder = new CaptionDecoder(_plan.Head.ToOptions(encoder.Channels, encoder.Cells, vocabulary.Count));
        var evaluator = new CaptionEvaluator(dev.Embeddings, [.. dev.Items.Select(i => i.Id)], [.. dev.Items.Select(i => i.Captions)], vocabulary, _plan.Decoding);
        var trainer = new CaptionTrainer(_plan, decoder, new CaptionTrainingData(pictures, train.Embeddings), evaluator, run);
        var state = trainer.Train(progress is null ? null : new Forward(progress), cancellation);

        var bundled = new CaptionBundle(_plan, planned.Weights, planned.Sha256, encoder.Preprocessing, decoder, vocabulary)
        {
            Name = options.Name ?? Path.GetFileName(run.Path),
            Data = new BundleData(dataset.Name, train.Items.Count, captions.Sum(c => c.Count), dev.Items.Count),
            Scores = Checkpoint.ReadState(run.BestCheckpoint).Scores,
        };
        var manifest = bundled.Write(run.Bundle, encoder.Backbone, encoder.Cut, options.IncludeEncoder);
        return new CaptionRunResult(run.Bundle, manifest, state, train.Built.Skipped.Count + dev.Built.Skipped.Count, clock.Elapsed);
    }

    private void ReportUnknown(Vocabulary vocabulary, IReadOnlyList<CaptionItem> dev)
    {
        var report = VocabularyReport.Of(vocabulary, dev.SelectMany(i => i.Captions).Select(CaptionTokenizer.Tokenize), top: 5);
        var examples = report.MostFrequentUnknown.Count == 0 ? "" : $": {string.Join(", ", report.MostFrequentUnknown.Select(w => w.Key))} …";
        progress?.Report(new RunProgress("vocabulary", vocabulary.Count, vocabulary.Count, "words")
        {
            Message = FormattableString.Invariant($"{report.UnknownShare:P1} of the words in the dev captions are unknown to it (seen fewer than {_plan.MinimumWordFrequency} times in training){examples}"),
        });
    }

    private RunFolder OpenFolder()
    {
        var plan = JsonSerializer.Serialize(_plan, Json.Indented);
        var there = Directory.Exists(options.Out) && Directory.EnumerateFileSystemEntries(options.Out).Any();
        var before = Path.Combine(options.Out, "plan.resolved.json");
        if (there && !File.Exists(before) && !options.Overwrite)
            throw new CaptionTLException($"{options.Out} is not empty and holds no run. Choose another folder with --out.");
        if (there && File.Exists(before))
        {
            if (options.Overwrite) Clear(options.Out);
            else if (File.ReadAllText(before) != plan)
                throw new CaptionTLException($"{options.Out} holds a run of another plan (see {before}). Choose another folder with --out, or begin again there with --overwrite.");
        }
        var run = new RunFolder(options.Out);
        AtomicFile.WriteAllText(run.Plan, plan);
        return run;
    }

    // Only what a run writes; anything else in the folder is somebody's.
    private static void Clear(string folder)
    {
        foreach (var file in new[] { "plan.resolved.json", "split.json", "vocab.txt", "metrics.jsonl", "model.captiontl" }) File.Delete(Path.Combine(folder, file));
        foreach (var sub in new[] { "checkpoints", "samples" })
            if (Directory.Exists(Path.Combine(folder, sub))) Directory.Delete(Path.Combine(folder, sub), recursive: true);
    }

    private DataSplit Split(RunFolder run, CaptionDataset dataset)
    {
        DataSplit split;
        if (File.Exists(run.Split))
        {
            split = DataSplit.Load(run.Split);
            split.CheckAgainst(dataset);
            return split;
        }
        split = DataSplit.Create(dataset, seed: (ulong)_plan.Seed);
        if (split.Count(Datasets.Split.Train) == 0 || split.Count(Datasets.Split.Dev) == 0)
            throw new CaptionTLException($"{dataset.Path} has {split.Count(Datasets.Split.Train)} training and {split.Count(Datasets.Split.Dev)} dev pictures; both are needed. 'captiontl data check' shows what was found.");
        split.Save(run.Split);
        return split;
    }

    private sealed class Forward(IProgress<RunProgress> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            var fields = new List<(string, string)>();
            if (value.Loss is { } loss) fields.Add(("loss", loss.ToString("0.000", CultureInfo.InvariantCulture)));
            if (value.Scores is { } scores)
            {
                fields.Add(("BLEU-4", scores.Bleu[3].ToString("0.000", CultureInfo.InvariantCulture)));
                fields.Add(("CIDEr-D", scores.CiderD.ToString("0.000", CultureInfo.InvariantCulture)));
            }
            if (value.BestCiderD is { } best) fields.Add(("best", best.ToString("0.000", CultureInfo.InvariantCulture)));
            var (phase, unit) = value.Activity == "train"
                ? (FormattableString.Invariant($"{value.Phase}, epoch {value.Epoch} of {value.Epochs}"), "steps")
                : (FormattableString.Invariant($"dev captions, epoch {value.Epoch}"), "pictures");
            progress.Report(new RunProgress(phase, value.Done, value.Total, unit) { Fields = fields, Message = value.Warning });
        }
    }
}
