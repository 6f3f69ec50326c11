using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Trains a dense classification head, on the frozen backbone's embeddings or, in one graph, on its last blocks.
/// </summary>
/// <param name="network">Its head is a <see cref="DenseHead"/>.</param>
/// <param name="labels">Class of each training image.</param>
/// <param name="weighting">How much an image counts by its class.</param>
/// <param name="evaluator">Scores the dev split.</param>
/// <param name="seed">Decides the batches.</param>
public sealed class ClassTraining(
    TransferNetwork network, IReadOnlyList<int> labels, ClassWeighting weighting, ClassEvaluator evaluator, long seed) : ITraining
{
    private readonly DenseHead _head = (DenseHead)network.Head;
    private readonly float[]? _weights = weighting == ClassWeighting.None ? null
        : Array.ConvertAll(ClassWeights.Of(weighting, labels, ((DenseHead)network.Head).Classes), weight => (float)weight);
    private SplitEmbeddings? _embeddings;

    public TransferNetwork Network => network;

    /// <summary>A head with its first weights.</summary>
    internal static ClassTraining Create(TransferPlan plan, DenseHeadPlan head, TrainingData data, PlannedBackbone planned,
        CnnEncoder encoder)
    {
        manual_seed(plan.Seed);
        var dense = ComputeDevice.Place(new DenseHead(head, encoder.Channels, encoder.Cells, data.Classes.Count));
        return new ClassTraining(TransferNetwork.Of(dense, plan, planned, encoder), data.Labels, head.ClassWeights,
            new ClassEvaluator(data.Classes, [.. data.Dev.Cast<LabelledItem>()]), plan.Seed);
    }

    public void Begin(TrainingPhase phase, SplitEmbeddings embeddings) => _embeddings = embeddings;

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch)
    {
        var order = Enumerable.Range(0, labels.Count).ToArray();
        new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 29))).Shuffle(order);
        return [.. order.Chunk(phase.BatchSize)];
    }

    public StepResult Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var inputs = EmbeddingBatch.Gather(_embeddings!.Train, epoch, [.. batch.Select(i => (i, i))]);
        var targets = tensor(batch.Select(i => (long)labels[i]).ToArray());
        var loss = phase.Mixup > 0 ? MixedLoss(phase, inputs, targets, random)
            : Loss(_head.call(network.Features(inputs)), targets, phase);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new StepResult(value);
    }

    public DevEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = Classify(progress, cancellation);
        return new DevEvaluation(ClassEvaluator.Scores(result.Scores), result.Samples);
    }

    public TrainedHead Finish(RunFolder run, string data, TrainingState state, CancellationToken cancellation) =>
        Save(Classify(null, cancellation), run, data, state, TrainedBundle.Tensors(_head.state_dict()));

    /// <summary>Leaves report.html and answers.json in the run folder, and gives the head for the bundle.</summary>
    /// <param name="result">On the dev split.</param>
    /// <param name="run">With the class names.</param>
    /// <param name="data">Name of the data set.</param>
    /// <param name="state">Where training ended.</param>
    /// <param name="head">The head's file.</param>
    internal static TrainedHead Save(ClassEvaluator.Result result, RunFolder run, string data, TrainingState state, byte[] head)
    {
        new ClassificationReportHtml().Save(run.Report, result.Report(Path.GetFileName(run.Path), data, "dev"));
        RunAnswers.Of(result).Save(run.Answers);
        var scores = ClassEvaluator.Scores(result.Scores);
        return new TrainedHead(BundleHead.Classifier(head, File.ReadAllBytes(run.Labels), result.Temperature), scores,
            state with { Scores = scores, BestScore = scores.Best });
    }

    private ClassEvaluator.Result Classify(Action<long, long>? progress, CancellationToken cancellation) =>
        evaluator.Evaluate(_head, _embeddings!.Dev, network.Features, progress: progress, cancellation: cancellation);

    // Every image is mixed with another of the batch; the loss is that of both labels, each at its share (Zhang et al., 2018).
    private Tensor MixedLoss(TrainingPhase phase, Tensor inputs, Tensor targets, Random random)
    {
        var share = Beta.Draw(phase.Mixup, random);
        var others = Enumerable.Range(0, (int)targets.shape[0]).Select(i => (long)i).ToArray();
        random.Shuffle(others);
        var partner = tensor(others);
        var mixed = inputs.to(ScalarType.Float32) * share + inputs.index_select(0, partner).to(ScalarType.Float32) * (1 - share);
        var scores = _head.call(network.Features(mixed));
        return Loss(scores, targets, phase) * share + Loss(scores, targets.index_select(0, partner), phase) * (1 - share);
    }

    private Tensor Loss(Tensor scores, Tensor targets, TrainingPhase phase)
    {
        var weight = _weights is null ? null : tensor(_weights);
        return nn.functional.cross_entropy(scores, targets, weight: weight, label_smoothing: phase.LabelSmoothing);
    }
}

/// <summary>Draws from the symmetric Beta distribution; TorchSharp's own is not seeded by a <see cref="Random"/>.</summary>
internal static class Beta
{
    /// <summary>A number between 0 and 1 from Beta(alpha, alpha): the share of the first of two gamma variates in their sum.</summary>
    public static double Draw(double alpha, Random random)
    {
        var (a, b) = (Gamma(alpha, random), Gamma(alpha, random));
        return a + b > 0 ? a / (a + b) : random.Next(2);
    }

    // Marsaglia and Tsang, 2000; below shape 1 by the power of a uniform variate.
    private static double Gamma(double shape, Random random)
    {
        if (shape < 1) return Gamma(shape + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < x * x / 2 + d - d * v + d * Math.Log(v)) return d * v;
        }
    }
}
