using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training.Captions;

/// <summary>Learns to caption: a decoder, on the frozen backbone's embeddings or, in one graph, on its last blocks.</summary>
/// <param name="network">Whose head is the decoder.</param>
/// <param name="captions">Training pictures with all their captions.</param>
/// <param name="evaluator">Captions and scores the dev split.</param>
/// <param name="reward">Of captions drawn for the training pictures, where a phase asks for it.</param>
/// <param name="embeddings">Of the training pictures, in the order that <see cref="TrainingPicture.Picture"/> counts, and of the dev pictures, at a cut; live where an augmentation is given.</param>
/// <param name="seed">Of the batches.</param>
public sealed class CaptionLearner(
    TransferNetwork network, IReadOnlyList<TrainingPicture> captions, CaptionEvaluator evaluator, CaptionReward reward,
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

    public LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random) => _objective!.Backpropagate(phase, batch, epoch, random);

    public LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation)
    {
        var result = evaluator.Evaluate(_decoder, _embeddings!.Dev, network.Features, progress, cancellation);
        var warning = result.Diversity.IsCollapsed
            ? FormattableString.Invariant($"Only {result.Diversity.Distinct} of {result.Diversity.Captions} dev captions are distinct: the captions no longer depend on the pictures. A lower learning rate or more data may help.")
            : null;
        return new LearnerEvaluation(Scores(result.Scores), result.Captions.Take(SamplesKept), warning) { Measures = _objective!.MeasuresOf(result.Captions) };
    }

    /// <summary>By the names they have in files.</summary>
    public static RunScores Scores(CaptionScores scores) => new("ciderD", new Dictionary<string, double>
    {
        ["bleu1"] = scores.Bleu[0], ["bleu2"] = scores.Bleu[1], ["bleu3"] = scores.Bleu[2], ["bleu4"] = scores.Bleu[3],
        ["rougeL"] = scores.RougeL, ["ciderD"] = scores.CiderD,
    });
}
