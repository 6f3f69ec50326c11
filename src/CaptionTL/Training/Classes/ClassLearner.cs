using CaptionTL.Heads;
using CaptionTL.Heads.Classical;
using CaptionTL.Images;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training.Classes;

/// <summary>Learns to tell classes apart: a dense head, on the frozen backbone's embeddings or, in one graph, on its last blocks.</summary>
/// <param name="network">Whose head is a <see cref="DenseHead"/>.</param>
/// <param name="labels">Class of each training picture.</param>
/// <param name="weighting">How much a picture counts by its class.</param>
/// <param name="evaluator">Scores the dev split.</param>
/// <param name="embeddings">Of the training and dev pictures at a cut, live where an augmentation is given.</param>
/// <param name="seed">Of the batches.</param>
public sealed class ClassLearner(
    TransferNetwork network, IReadOnlyList<int> labels, ClassWeighting weighting, ClassEvaluator evaluator, Func<string, Augmentation?, CancellationToken, SplitEmbeddings> embeddings, long seed) : ILearner
{
    private readonly DenseHead _head = (DenseHead)network.Head;
    private readonly float[]? _weights = weighting == ClassWeighting.None ? null
        : Array.ConvertAll(ClassWeights.Of(weighting, labels, ((DenseHead)network.Head).Classes), weight => (float)weight);
    private SplitEmbeddings? _embeddings;

    public TransferNetwork Network => network;

    public void Begin(TrainingPhase phase, CancellationToken cancellation) => _embeddings = embeddings(network.CutOf(phase), phase.Augmentation, cancellation);

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch)
    {
        var order = Enumerable.Range(0, labels.Count).ToArray();
        new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 29))).Shuffle(order);
        return [.. order.Chunk(phase.BatchSize)];
    }

    public LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var pictures = _embeddings!.Train;
        var inputs = EmbeddingBatch.Gather(pictures, [.. batch.Select(i => (i, (int)((i + (long)epoch) % pictures.Views)))]);
        var targets = tensor(batch.Select(i => (long)labels[i]).ToArray());
        Tensor loss;
        if (phase.Mixup > 0)
        {
            // Every picture is mixed with another of the batch; the loss is that of both labels, each at its share.
            var share = Beta.Draw(phase.Mixup, random);
            var others = batch.Select((_, i) => (long)i).ToArray();
            random.Shuffle(others);
            var partner = tensor(others);
            var scores = _head.call(network.Features(inputs.to(ScalarType.Float32) * share + inputs.index_select(0, partner).to(ScalarType.Float32) * (1 - share)));
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
