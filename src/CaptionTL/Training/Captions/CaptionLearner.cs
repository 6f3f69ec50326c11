using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training.Captions;

/// <summary>Learns to caption: a decoder, on the frozen backbone's embeddings or, in one graph, on its last blocks.</summary>
/// <param name="network">Whose head is the decoder.</param>
/// <param name="captions">Training captions as indices, by picture.</param>
/// <param name="evaluator">Captions and scores the dev split.</param>
/// <param name="embeddings">Of the training pictures, in the order that <see cref="TrainingPicture.Picture"/> counts, and of the dev pictures, at a cut.</param>
/// <param name="seed">Of the batches.</param>
public sealed class CaptionLearner(
    TransferNetwork network, IReadOnlyList<TrainingPicture> captions, CaptionEvaluator evaluator, Func<string, CancellationToken, SplitEmbeddings> embeddings, long seed) : ILearner
{
    private const int SamplesKept = 20;

    private readonly CaptionDecoder _decoder = (CaptionDecoder)network.Head;
    private SplitEmbeddings? _embeddings;

    public TransferNetwork Network => network;

    public void Begin(TrainingPhase phase, CancellationToken cancellation) => _embeddings = embeddings(network.CutOf(phase), cancellation);

    public IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch) => EpochOrder.Batches(captions, phase.BatchSize, seed, epoch);

    public float Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        var pictures = _embeddings!.Train;
        using var scope = NewDisposeScope();
        using var made = CaptionBatch.Create([.. batch.Select(i => captions[i])], [.. batch.Select(i => View(i, epoch, pictures.Views))], pictures, phase.WordDropout, random);
        return TeacherForcing.Backpropagate(_decoder, network.Features(made.Embeddings), made, phase.LabelSmoothing);
    }

    public LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = evaluator.Evaluate(_decoder, _embeddings!.Dev, network.Features, progress, cancellation);
        var warning = result.Diversity.IsCollapsed
            ? FormattableString.Invariant($"Only {result.Diversity.Distinct} of {result.Diversity.Captions} dev captions are distinct: the captions no longer depend on the pictures. A lower learning rate or more data may help.")
            : null;
        return new LearnerEvaluation(Scores(result.Scores), result.Captions.Take(SamplesKept), warning);
    }

    /// <summary>By the names they have in files.</summary>
    public static RunScores Scores(CaptionScores scores) => new("ciderD", new Dictionary<string, double>
    {
        ["bleu1"] = scores.Bleu[0], ["bleu2"] = scores.Bleu[1], ["bleu3"] = scores.Bleu[2], ["bleu4"] = scores.Bleu[3],
        ["rougeL"] = scores.RougeL, ["ciderD"] = scores.CiderD,
    });

    // A picture's captions see different views of it, and each caption another one in each epoch.
    private static int View(int index, int epoch, int views) => (int)((index + (long)epoch) % views);
}
