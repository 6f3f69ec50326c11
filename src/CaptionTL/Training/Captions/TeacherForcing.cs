using CaptionTL.Heads;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training.Captions;

/// <summary>Every word of the training captions is predicted from the true words before it (Williams and Zipser, 1989).</summary>
/// <param name="network">Whose head is the decoder, in training mode.</param>
/// <param name="captions">Training captions by picture.</param>
/// <param name="pictures">Their embeddings.</param>
/// <param name="seed">Of the batches.</param>
internal sealed class TeacherForcing(TransferNetwork network, IReadOnlyList<TrainingPicture> captions, IPictureEmbeddings pictures, long seed) : CaptionObjective
{
    public override IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch) => EpochOrder.Batches(captions, phase.BatchSize, seed, epoch);

    public override LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var embeddings = EmbeddingBatch.Gather(pictures, [.. batch.Select(i => (captions[i].Picture, View(i, epoch, pictures.Views)))]);
        using var made = CaptionBatch.Create([.. batch.Select(i => captions[i])], phase.WordDropout, random);
        var scores = Scores((CaptionDecoder)network.Head, network.Features(embeddings), made);
        var loss = nn.functional.cross_entropy(scores, made.Targets, label_smoothing: phase.LabelSmoothing);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new LearnerStep(value);
    }

    /// <summary>Scores of all words (M, V) at the batch's M positions, from what the decoder reads, (N, P, C), and the words before.</summary>
    public static Tensor Scores(CaptionDecoder decoder, Tensor features, CaptionBatch batch)
    {
        using var scope = NewDisposeScope();
        var seen = decoder.Unroll(features, batch.Words);
        // The output layer, the dearest part, is computed where there is a word to learn, not on padding.
        return decoder.Scores(seen.view(-1, seen.shape[2]).index_select(0, batch.Positions)).MoveToOuterDisposeScope();
    }
}
