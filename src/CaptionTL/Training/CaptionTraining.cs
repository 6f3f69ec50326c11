using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Datasets;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Trains a caption decoder, on the frozen backbone's embeddings or, in one graph, on its last blocks: with teacher forcing or, where
/// the phase says so, with self-critical training (<see cref="SelfCritical"/>).
/// </summary>
/// <param name="network">Its head is the decoder.</param>
/// <param name="captions">Training images with all their captions.</param>
/// <param name="evaluator">Captions and scores the dev split.</param>
/// <param name="reward">Reward of captions drawn for the training images, for self-critical training.</param>
/// <param name="seed">Decides the batches.</param>
public sealed class CaptionTraining(TransferNetwork network, IReadOnlyList<TrainingImage> captions, CaptionEvaluator evaluator,
    CaptionReward reward, long seed) : ITraining
{
    private const int SamplesKept = 20;

    private readonly CaptionDecoder _decoder = (CaptionDecoder)network.Head;
    private IReadOnlyList<TrainingImage> _portions = [];
    private SplitEmbeddings? _embeddings;
    private bool _selfCritical;

    public TransferNetwork Network => network;

    /// <summary>What the bundle says of the words; null in a training that makes no bundle.</summary>
    internal DecoderWords? Words { get; init; }

    /// <summary>Builds the vocabulary, which is saved in the run folder, and a decoder with its first weights.</summary>
    /// <exception cref="CaptionTLException">No word is frequent enough, or no caption has words.</exception>
    internal static CaptionTraining Create(TransferPlan plan, CaptionHeadPlan head, TrainingData data, PlannedBackbone planned,
        CnnEncoder encoder, RunFolder run, IProgress<RunProgress>? progress)
    {
        var vocabulary = Vocabulary.Build(data.Captions.SelectMany(c => c), head.MinimumWordFrequency);
        if (vocabulary.Count == Vocabulary.SpecialTokens.Count)
            throw new CaptionTLException($"No word occurs {head.MinimumWordFrequency} times in the training captions, so there is "
                + "nothing to learn. Lower it with --set head.minimumWordFrequency=1.");
        vocabulary.Save(run.Vocabulary);
        List<TrainingImage> images = [.. data.Captions.Index().Where(c => c.Item.Count > 0)
            .Select(c => new TrainingImage(c.Index, [.. c.Item.Select(w => vocabulary.IdsOf([.. w.Take(head.MaximumWords)]))]))];
        if (images.Count == 0) throw new CaptionTLException($"{data.Dataset.Path} has no training captions with words in them.");
        List<CaptionItem> dev = [.. data.Dev.Cast<CaptionItem>()];
        ReportUnknownWords(vocabulary, head, dev, progress);

        manual_seed(plan.Seed);
        var decoder = ComputeDevice.Place(new CaptionDecoder(head.ToOptions(encoder.Channels, encoder.Cells, vocabulary.Count)));
        var inner = CaptionEndings.InnerWords([.. data.Captions.SelectMany(c => c)]);
        var evaluator = new CaptionEvaluator([.. dev.Select(i => i.Id)], [.. dev.Select(i => i.Captions)],
            new CaptionSearch(decoder, vocabulary, inner), head.Decoding);
        return new CaptionTraining(TransferNetwork.Of(decoder, plan, planned, encoder), images, evaluator,
            new CaptionReward(data.Captions, vocabulary), plan.Seed)
        {
            Words = new DecoderWords(vocabulary, head.Decoding, inner),
        };
    }

    public void Begin(TrainingPhase phase, SplitEmbeddings embeddings)
    {
        _embeddings = embeddings;
        _selfCritical = phase.Objective is SelfCriticalObjective;
        _portions = [.. captions.SelectMany(c => c.Portions(phase.CaptionsTogether))];
    }

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch) => phase.Objective is SelfCriticalObjective drawn
        ? SelfCritical.Batches(captions, phase.BatchSize / drawn.Samples, seed, epoch)
        : EpochOrder.Batches(_portions, phase.BatchSize, seed, epoch);

    public StepResult Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random) =>
        phase.Objective is SelfCriticalObjective drawn
            ? SelfCritical.Backpropagate(network, _embeddings!.Train, reward, drawn, phase, batch, epoch, random)
            : TeacherForcing.Backpropagate(network, _embeddings!.Train, _portions, phase, batch, epoch, random);

    public DevEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = evaluator.Evaluate(_embeddings!.Dev, network.Features, progress, cancellation);
        var (distinct, all) = (result.Diversity.Distinct, result.Diversity.Captions);
        var warning = result.Diversity.IsCollapsed
            ? string.Create(CultureInfo.InvariantCulture, $"Only {distinct} of {all} dev captions are distinct: the captions no longer ")
                + "depend on the images. A lower learning rate or more data may help."
            : null;
        return new DevEvaluation(Scores(result.Scores), result.Captions.Take(SamplesKept), warning)
        {
            Measures = _selfCritical ? new Dictionary<string, double> { ["devReward"] = reward.Mean(result.Captions) }
                : TrainingState.NoMeasures,
        };
    }

    public TrainedHead Finish(RunFolder run, string data, TrainingState state, CancellationToken cancellation) =>
        new(BundleHead.Captioner(_decoder, Words!), Checkpoint.ReadState(run.BestCheckpoint).Scores!, state);

    /// <summary>By the names they have in files.</summary>
    public static RunScores Scores(CaptionScores scores) => new("ciderD", new Dictionary<string, double>
    {
        ["bleu1"] = scores.Bleu[0], ["bleu2"] = scores.Bleu[1], ["bleu3"] = scores.Bleu[2], ["bleu4"] = scores.Bleu[3],
        ["rougeL"] = scores.RougeL, ["ciderD"] = scores.CiderD,
    });

    private static void ReportUnknownWords(Vocabulary vocabulary, CaptionHeadPlan head, List<CaptionItem> dev,
        IProgress<RunProgress>? progress)
    {
        var (unknown, share) = vocabulary.Unknown(dev.SelectMany(i => i.Captions).Select(CaptionTokenizer.Tokenize));
        var examples = unknown.Count == 0 ? "" : $": {string.Join(", ", unknown.Take(5).Select(w => w.Key))} …";
        progress?.Report(new RunProgress("vocabulary", vocabulary.Count, vocabulary.Count, "words")
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"{share:P1} of the words in the dev captions are not in ")
                + FormattableString.Invariant($"the vocabulary (seen fewer than {head.MinimumWordFrequency} times in training){examples}"),
        });
    }
}

/// <summary>
/// Every word of the training captions is predicted from the true words before it (Williams and Zipser, 1989), some of them replaced
/// where the phase asks for that (<see cref="TrainingPhase.ScheduledSampling"/>).
/// </summary>
internal static class TeacherForcing
{
    /// <param name="network">Its head is the decoder, in training mode.</param>
    /// <param name="images">Embeddings of the training images.</param>
    /// <param name="captions">Training images, each repeated for every portion of its captions.</param>
    /// <param name="phase">Says what is dropped out, smoothed and replaced.</param>
    /// <param name="batch">Positions in the captions.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="random">For everything drawn.</param>
    public static StepResult Backpropagate(TransferNetwork network, IImageEmbeddings images, IReadOnlyList<TrainingImage> captions,
        TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var embeddings = EmbeddingBatch.Gather(images, epoch, [.. batch.Select(i => (captions[i].Image, i))]);
        using var made = CaptionBatch.Create([.. batch.Select(i => captions[i])], phase.WordDropout, random);
        var decoder = (CaptionDecoder)network.Head;
        var features = network.Features(embeddings);
        var share = phase.ScheduledSampling * epoch / Math.Max(1, phase.Epochs - 1);
        if (share > 0) Replace(decoder, features, made, made.Draw(share, random));
        var scores = Scores(decoder, decoder.Memory(features), made);
        var loss = nn.functional.cross_entropy(scores, made.Targets, label_smoothing: phase.LabelSmoothing);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new StepResult(value);
    }

    /// <summary>
    /// Scores of all words (M, V) at the batch's M positions, from what the decoder keeps of the images and the words before.
    /// </summary>
    public static Tensor Scores(CaptionDecoder decoder, DecoderMemory memory, CaptionBatch batch) =>
        ScoresAt(decoder, memory, batch, batch.Positions);

    // The output layer, the most expensive part, is computed where a word is needed, not on padding.
    private static Tensor ScoresAt(CaptionDecoder decoder, DecoderMemory memory, CaptionBatch batch, Tensor positions)
    {
        using var scope = NewDisposeScope();
        var seen = decoder.Unroll(memory, batch.Words);
        return decoder.Scores(seen.view(-1, seen.shape[2]).index_select(0, positions)).MoveToOuterDisposeScope();
    }

    // Replaces the words after some positions by what the decoder itself predicts there from the true words, with a dropout of its own.
    private static void Replace(CaptionDecoder decoder, Tensor features, CaptionBatch batch, long[] positions)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scores = ScoresAt(decoder, decoder.Memory(features), batch, tensor(positions));
        batch.Feed(positions, CaptionSampler.Choose(scores, temperature: 1));
    }
}
