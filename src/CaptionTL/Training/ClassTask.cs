using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>Images with a class each, and the head that learns to tell the classes.</summary>
/// <param name="data">Path of the data set; opened here.</param>
/// <param name="headPlan">Of the plan.</param>
internal sealed class ClassTask(string data, HeadPlan headPlan) : LearningTask
{
    private const double DevShare = 0.2;

    private readonly LabelledDataset _dataset = LabelledDatasetReader.Open(data);
    private IReadOnlyList<LabelledItem> _train = [];
    private IReadOnlyList<LabelledItem> _dev = [];

    public override void Begin(RunFolder run, TransferPlan plan)
    {
        // Equal images on both sides of a split would make the scores too good.
        var split = run.SplitOf(_dataset, () => DataSplit.Create(_dataset, dev: DevShare, test: 0, seed: (ulong)plan.Seed,
            duplicates: () => DuplicateFinder.Find(_dataset)));
        // Of every class by itself, so that none goes missing from a small share.
        var train = split.Items(_dataset, Split.Train).GroupBy(i => i.Class).SelectMany(c => Share([.. c], plan)).Select(i => i.Id)
            .ToHashSet(StringComparer.Ordinal);
        (_train, _dev) = ([.. split.Items(_dataset, Split.Train).Where(i => train.Contains(i.Id))], split.Items(_dataset, Split.Dev));
    }

    public override IReadOnlyList<EmbeddingItem> Train => EmbeddingItem.Of(_train);

    public override IReadOnlyList<EmbeddingItem> Dev => EmbeddingItem.Of(_dev);

    public override BundleData Data => new(_dataset.Name, _train.Count, _dev.Count);

    public override void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev)
    {
        (_train, _dev) = ([.. train.Select(i => _train[i])], [.. dev.Select(i => _dev[i])]);
        for (var c = 0; c < _dataset.Classes.Count; c++)
            if (_train.All(i => i.Class != c))
                throw new CaptionTLException($"{_dataset.Path}: the class '{_dataset.Classes[c]}' has no training images that can be "
                    + $"read, so it cannot be learned. Add some, or take the class out.");
    }

    public override ILearner Learner(LearningContext context)
    {
        if (headPlan is not DenseHeadPlan dense)
            throw new CaptionTLException($"A head of kind {headPlan.GetType().Name} is not trained step by step.");
        torch.manual_seed(context.Plan.Seed);
        var head = ComputeDevice.Place(new DenseHead(dense, context.Encoder.Channels, context.Encoder.Cells, _dataset.Classes.Count));
        return new ClassLearner(context.Network(head), Labels, dense.ClassWeights, new ClassEvaluator(_dataset.Classes, _dev),
            context.Embeddings, context.Plan.Seed);
    }

    public override TrainedHead Learn(LearningContext context, CancellationToken cancellation)
    {
        var evaluator = new ClassEvaluator(_dataset.Classes, _dev);
        AtomicFile.WriteAllText(context.Run.Labels, string.Concat(_dataset.Classes.Select(c => c + "\n")));
        return headPlan switch
        {
            ClassicalHeadPlan head => FitClassical(head, context, evaluator, cancellation),
            DenseHeadPlan => TrainDense(context, evaluator, cancellation),
            _ => throw new CaptionTLException($"A head of kind {headPlan.GetType().Name} tells no classes."),
        };
    }

    private TrainedHead FitClassical(ClassicalHeadPlan chosen, LearningContext context, ClassEvaluator evaluator,
        CancellationToken cancellation)
    {
        var embeddings = context.Embeddings(context.Encoder.Cut, null, cancellation);
        var head = new ClassicalClassHead(ClassicalFit.Run(chosen, embeddings.Train, Labels, (ulong)context.Plan.Seed, context.Progress,
            cancellation), chosen.Pooling);
        var result = evaluator.Evaluate(head, embeddings.Dev, cancellation: cancellation);
        using var file = new MemoryStream();
        head.Model.Write(file);
        return Trained(context.Run, null, new TrainingState { Finished = true }, result, ModelBundle.HeadEntry, file.ToArray());
    }

    private TrainedHead TrainDense(LearningContext context, ClassEvaluator evaluator, CancellationToken cancellation)
    {
        var learner = Learner(context);
        var (network, head) = (learner.Network, (DenseHead)learner.Network.Head);
        try
        {
            var state = context.Train(learner, cancellation);
            var last = context.Plan.Phases[^1];
            network.Begin(last);
            network.Train(false);
            var result = evaluator.Evaluate(head, context.Embeddings(network.CutOf(last), last.Augmentation, cancellation).Dev,
                network.Features, cancellation: cancellation);
            return Trained(context.Run, network, state, result, ModelBundle.HeadEntry, TransferBundle.Tensors(head.state_dict()));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private TrainedHead Trained(RunFolder run, TransferNetwork? network, TrainingState state, ClassEvaluator.Result result, string entry,
        byte[] head)
    {
        var scores = ClassEvaluator.Scores(result.Scores);
        new ClassificationReportHtml().Save(run.Report, result.Report(Path.GetFileName(run.Path), _dataset.Name, "dev"));
        RunAnswers.Of(result).Save(run.Answers);
        var entries = new Dictionary<string, byte[]> { [entry] = head, [ModelBundle.LabelsEntry] = File.ReadAllBytes(run.Labels) };
        return new TrainedHead(network, scores, state with { Scores = scores, BestScore = scores.Best }, entries, manifest =>
            manifest with { Temperature = result.Temperature });
    }

    private int[] Labels => [.. _train.Select(i => i.Class)];
}

/// <summary>
/// Learns to tell classes apart: a dense head, on the frozen backbone's embeddings or, in one graph, on its last blocks.
/// </summary>
/// <param name="network">Whose head is a <see cref="DenseHead"/>.</param>
/// <param name="labels">Class of each training image.</param>
/// <param name="weighting">How much an image counts by its class.</param>
/// <param name="evaluator">Scores the dev split.</param>
/// <param name="embeddings">Of the training and dev images at a cut, live where an augmentation is given.</param>
/// <param name="seed">Of the batches.</param>
public sealed class ClassLearner(
    TransferNetwork network, IReadOnlyList<int> labels, ClassWeighting weighting, ClassEvaluator evaluator,
        Func<string, Augmentation?, CancellationToken, SplitEmbeddings> embeddings, long seed) : ILearner
{
    private readonly DenseHead _head = (DenseHead)network.Head;
    private readonly float[]? _weights = weighting == ClassWeighting.None ? null
        : Array.ConvertAll(ClassWeights.Of(weighting, labels, ((DenseHead)network.Head).Classes), weight => (float)weight);
    private SplitEmbeddings? _embeddings;

    public TransferNetwork Network => network;

    public void Begin(TrainingPhase phase, CancellationToken cancellation) =>
        _embeddings = embeddings(network.CutOf(phase), phase.Augmentation, cancellation);

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch)
    {
        var order = Enumerable.Range(0, labels.Count).ToArray();
        new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 29))).Shuffle(order);
        return [.. order.Chunk(phase.BatchSize)];
    }

    public LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var images = _embeddings!.Train;
        var inputs = EmbeddingBatch.Gather(images, [.. batch.Select(i => (i, (int)((i + (long)epoch) % images.Views)))]);
        var targets = tensor(batch.Select(i => (long)labels[i]).ToArray());
        Tensor loss;
        if (phase.Mixup > 0)
        {
            // Every image is mixed with another of the batch; the loss is that of both labels, each at its share.
            var share = Beta.Draw(phase.Mixup, random);
            var others = batch.Select((_, i) => (long)i).ToArray();
            random.Shuffle(others);
            var partner = tensor(others);
            var scores = _head.call(network.Features(inputs.to(ScalarType.Float32) * share + inputs.index_select(0, partner)
                .to(ScalarType.Float32) * (1 - share)));
            loss = Loss(scores, targets, phase) * share + Loss(scores, targets.index_select(0, partner), phase) * (1 - share);
        }
        else
        {
            loss = Loss(_head.call(network.Features(inputs)), targets, phase);
        }
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new LearnerStep(value);
    }

    public LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = evaluator.Evaluate(_head, _embeddings!.Dev, network.Features, progress: progress, cancellation: cancellation);
        return new LearnerEvaluation(ClassEvaluator.Scores(result.Scores), result.Samples);
    }

    private Tensor Loss(Tensor scores, Tensor targets, TrainingPhase phase)
    {
        var weight = _weights is null ? null : tensor(_weights);
        return nn.functional.cross_entropy(scores, targets, weight: weight, label_smoothing: phase.LabelSmoothing);
    }
}
