using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;

namespace CaptionTL.Training;

/// <summary>Images with captions, and the decoder that learns to write such.</summary>
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
            throw new CaptionTLException($"No word occurs {head.MinimumWordFrequency} times in the training captions, so there is "
                + $"nothing to learn. Lower it with --set head.minimumWordFrequency=1.");
        vocabulary.Save(context.Run.Vocabulary);
        var images = _captions.Index().Where(c => c.Item.Count > 0)
            .Select(c => new TrainingImage(c.Index, [.. c.Item.Select(w => vocabulary.IdsOf([.. w.Take(head.MaximumWords)]))])).ToList();
        if (images.Count == 0) throw new CaptionTLException($"{_dataset.Path} has no training captions with words in them.");
        ReportUnknown(vocabulary, context.Progress);

        torch.manual_seed(context.Plan.Seed);
        var decoder =
            ComputeDevice.Place(new CaptionDecoder(head.ToOptions(context.Encoder.Channels, context.Encoder.Cells, vocabulary.Count)));
        _innerWords = CaptionEndings.InnerWords([.. _captions.SelectMany(c => c)]);
        var evaluator = new CaptionEvaluator([.. _dev.Select(i => i.Id)], [.. _dev.Select(i => i.Captions)],
            new CaptionSearch(decoder, vocabulary, _innerWords), head.Decoding);
        return new CaptionLearner(context.Network(decoder), images, evaluator, new CaptionReward(_captions, vocabulary),
            context.Embeddings, context.Plan.Seed);
    }

    public override TrainedHead Learn(LearningContext context, CancellationToken cancellation)
    {
        var learner = Learner(context);
        var (network, decoder) = (learner.Network, (CaptionDecoder)learner.Network.Head);
        try
        {
            var state = context.Train(learner, cancellation);
            var scores = Checkpoint.ReadState(context.Run.BestCheckpoint).Scores!;
            return new TrainedHead(network, scores, state, CaptionBundle.Entries(decoder, _vocabulary!), manifest =>
                manifest with { Decoder = decoder.Options, Decoding = head.Decoding, InnerWords = _innerWords })
            {
                // a network trained further no longer fits its classes
                ChecksLabels = head.Decoding.CheckLabels && !context.Plan.TrainsBackbone,
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
        var (unknown, share) = vocabulary.Unknown(_dev.SelectMany(i => i.Captions).Select(CaptionTokenizer.Tokenize));
        var examples = unknown.Count == 0 ? "" : $": {string.Join(", ", unknown.Take(5).Select(w => w.Key))} …";
        progress?.Report(new RunProgress("vocabulary", vocabulary.Count, vocabulary.Count, "words")
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"{share:P1} of the words in the dev captions are "
                + $"unknown to it (seen "
                + $"fewer than {head.MinimumWordFrequency} times in training){examples}"),
        });
    }
}

/// <summary>Learns to caption: a decoder, on the frozen backbone's embeddings or, in one graph, on its last blocks.</summary>
/// <param name="network">Whose head is the decoder.</param>
/// <param name="captions">Training images with all their captions.</param>
/// <param name="evaluator">Captions and scores the dev split.</param>
/// <param name="reward">Of captions drawn for the training images, where a phase asks for it.</param>
/// <param name="embeddings">Of the training images, in the order that <see cref="TrainingImage.Image"/> counts, and of the dev
/// images, at a cut; live where an augmentation is given.</param>
/// <param name="seed">Of the batches.</param>
public sealed class CaptionLearner(
    TransferNetwork network, IReadOnlyList<TrainingImage> captions, CaptionEvaluator evaluator, CaptionReward reward,
    Func<string, Augmentation?, CancellationToken, SplitEmbeddings> embeddings, long seed) : ILearner
{
    private const int SamplesKept = 20;

    private readonly CaptionDecoder _decoder = (CaptionDecoder)network.Head;
    private SplitEmbeddings? _embeddings;
    private CaptionObjective? _objective;

    public TransferNetwork Network => network;

    public void Begin(TrainingPhase phase, CancellationToken cancellation)
    {
        _embeddings = embeddings(network.CutOf(phase), phase.Augmentation, cancellation);
        _objective = phase.Objective is SelfCriticalObjective selfCritical
            ? new SelfCritical(network, selfCritical, captions, _embeddings.Train, reward, seed)
            : new TeacherForcing(network, [.. captions.SelectMany(c => c.Portions(phase.CaptionsTogether))], _embeddings.Train, seed);
    }

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch) => _objective!.Batches(phase, epoch);

    public LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random) =>
        _objective!.Backpropagate(phase, batch, epoch, random);

    public LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = evaluator.Evaluate(_embeddings!.Dev, network.Features, progress, cancellation);
        var warning = result.Diversity.IsCollapsed
            ? string.Create(CultureInfo.InvariantCulture, $"Only {result.Diversity.Distinct} of {result.Diversity.Captions} dev "
            + $"captions are distinct: "
            + $"the captions no longer depend on the images. A lower learning rate or more data may help.")
            : null;
        return new LearnerEvaluation(Scores(result.Scores), result.Captions.Take(SamplesKept),
            warning) { Measures = _objective!.MeasuresOf(result.Captions) };
    }

    /// <summary>By the names they have in files.</summary>
    public static RunScores Scores(CaptionScores scores) => new("ciderD", new Dictionary<string, double>
    {
        ["bleu1"] = scores.Bleu[0], ["bleu2"] = scores.Bleu[1], ["bleu3"] = scores.Bleu[2], ["bleu4"] = scores.Bleu[3],
        ["rougeL"] = scores.RougeL, ["ciderD"] = scores.CiderD,
    });
}

/// <summary>How a phase teaches the decoder: its batches, and what becomes of one.</summary>
internal abstract class CaptionObjective
{
    /// <inheritdoc cref="ILearner.Batches"/>
    public abstract IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch);

    /// <inheritdoc cref="ILearner.Backpropagate"/>
    public abstract LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random);

    /// <summary>What else the objective knows of the dev captions, beside their scores.</summary>
    public virtual IReadOnlyDictionary<string, double> MeasuresOf(IReadOnlyList<EvaluatedCaption> dev) => TrainingState.NoMeasures;

    // Images see different views in one epoch, and each another one in each epoch.
    protected static int View(int index, int epoch, int views) => (int)((index + (long)epoch) % views);
}
