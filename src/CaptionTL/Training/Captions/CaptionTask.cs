using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Models;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;

namespace CaptionTL.Training.Captions;

/// <summary>Pictures with captions, and the decoder that learns to write such.</summary>
/// <param name="data">Path of the data set; opened here.</param>
/// <param name="head">Of the plan.</param>
internal sealed class CaptionTask(string data, CaptionHeadPlan head) : LearningTask
{
    private readonly CaptionDataset _dataset = CaptionDatasetReader.Open(data);
    private IReadOnlyList<CaptionItem> _train = [];
    private IReadOnlyList<CaptionItem> _dev = [];
    private List<List<string[]>> _captions = [];
    private Vocabulary? _vocabulary;
    private IReadOnlyList<string> _innerWords = [];

    public override void Begin(RunFolder run, TransferPlan plan)
    {
        var split = run.SplitOf(_dataset, () => DataSplit.Create(_dataset, seed: (ulong)plan.Seed));
        (_train, _dev) = (Share(split.Items(_dataset, Split.Train), plan), split.Items(_dataset, Split.Dev));
    }

    public override IReadOnlyList<EmbeddingItem> Train => EmbeddingItem.Of(_train);

    public override IReadOnlyList<EmbeddingItem> Dev => EmbeddingItem.Of(_dev);

    public override BundleData Data => new(_dataset.Name, _train.Count, _dev.Count) { TrainCaptions = _captions.Sum(c => c.Count) };

    public override void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev)
    {
        (_train, _dev) = ([.. train.Select(i => _train[i])], [.. dev.Select(i => _dev[i])]);
        _captions = [.. _train.Select(i => i.Captions.Select(CaptionTokenizer.Tokenize).Where(words => words.Length > 0).ToList())];
    }

    public override ILearner Learner(LearningContext context)
    {
        var vocabulary = _vocabulary = Vocabulary.Build(_captions.SelectMany(c => c), head.MinimumWordFrequency);
        if (vocabulary.Count == Vocabulary.SpecialTokens.Count)
            throw new CaptionTLException($"No word occurs {head.MinimumWordFrequency} times in the training captions, so there is nothing to learn. Lower it with --set head.minimumWordFrequency=1.");
        vocabulary.Save(context.Run.Vocabulary);
        var pictures = _captions.Index().Where(c => c.Item.Count > 0).Select(c => new TrainingPicture(c.Index, [.. c.Item.Select(w => vocabulary.IdsOf([.. w.Take(head.MaximumWords)]))])).ToList();
        if (pictures.Count == 0) throw new CaptionTLException($"{_dataset.Path} has no training captions with words in them.");
        ReportUnknown(vocabulary, context.Progress);

        torch.manual_seed(context.Plan.Seed);
        var decoder = ComputeDevice.Place(new CaptionDecoder(head.ToOptions(context.Encoder.Channels, context.Encoder.Cells, vocabulary.Count)));
        _innerWords = CaptionEndings.InnerWords([.. _captions.SelectMany(c => c)]);
        var evaluator = new CaptionEvaluator([.. _dev.Select(i => i.Id)], [.. _dev.Select(i => i.Captions)], vocabulary, head.Decoding) { Rules = CaptionRules.Of(null, vocabulary, _innerWords) };
        return new CaptionLearner(context.Network(decoder), pictures, evaluator, new CaptionReward(_captions, vocabulary), context.Embeddings, context.Plan.Seed);
    }

    public override TrainedHead Learn(LearningContext context, CancellationToken cancellation)
    {
        var learner = Learner(context);
        var (network, decoder) = (learner.Network, (CaptionDecoder)learner.Network.Head);
        try
        {
            var state = context.Train(learner, cancellation);
            var scores = Checkpoint.ReadState(context.Run.BestCheckpoint).Scores!;
            return new TrainedHead(network, scores, state, CaptionBundle.Entries(decoder, _vocabulary!), manifest => manifest with { Decoder = decoder.Options, Decoding = head.Decoding, InnerWords = _innerWords })
            {
                ChecksThings = head.Decoding.CheckThings && !context.Plan.TrainsBackbone, // a network trained further no longer fits its classes
            };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private void ReportUnknown(Vocabulary vocabulary, IProgress<RunProgress>? progress)
    {
        var report = VocabularyReport.Of(vocabulary, _dev.SelectMany(i => i.Captions).Select(CaptionTokenizer.Tokenize), top: 5);
        var examples = report.MostFrequentUnknown.Count == 0 ? "" : $": {string.Join(", ", report.MostFrequentUnknown.Select(w => w.Key))} …";
        progress?.Report(new RunProgress("vocabulary", vocabulary.Count, vocabulary.Count, "words")
        {
            Message = FormattableString.Invariant($"{report.UnknownShare:P1} of the words in the dev captions are unknown to it (seen fewer than {head.MinimumWordFrequency} times in training){examples}"),
        });
    }
}
