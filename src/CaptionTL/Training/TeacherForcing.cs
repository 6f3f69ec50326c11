using CaptionTL.Captions;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Every word of the training captions is predicted from the true words before it (Williams and Zipser, 1989), some of them exchanged
/// where the phase asks for that (<see cref="TrainingPhase.ScheduledSampling"/>).
/// </summary>
/// <param name="network">Whose head is the decoder, in training mode.</param>
/// <param name="captions">Training images, each as often as it takes to bring its captions in portions.</param>
/// <param name="images">Their embeddings.</param>
/// <param name="seed">Of the batches.</param>
internal sealed class TeacherForcing(TransferNetwork network, IReadOnlyList<TrainingImage> captions, IImageEmbeddings images,
    long seed) : CaptionObjective
{
    public override IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch) =>
        EpochOrder.Batches(captions, phase.BatchSize, seed, epoch);

    public override LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var embeddings = EmbeddingBatch.Gather(images, [.. batch.Select(i => (captions[i].Image, View(i, epoch, images.Views)))]);
        using var made = CaptionBatch.Create([.. batch.Select(i => captions[i])], phase.WordDropout, random);
        var decoder = (CaptionDecoder)network.Head;
        var features = network.Features(embeddings);
        var share = phase.ScheduledSampling * epoch / Math.Max(1, phase.Epochs - 1);
        if (share > 0) Exchange(decoder, features, made, made.Draw(share, random));
        var scores = Scores(decoder, decoder.Memory(features), made);
        var loss = nn.functional.cross_entropy(scores, made.Targets, label_smoothing: phase.LabelSmoothing);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new LearnerStep(value);
    }

    /// <summary>
    /// Scores of all words (M, V) at the batch's M positions, from what the decoder keeps of the images and the words before.
    /// </summary>
    public static Tensor Scores(CaptionDecoder decoder, DecoderMemory memory, CaptionBatch batch) =>
        ScoresAt(decoder, memory, batch, batch.Positions);

    // The output layer, the dearest part, is computed where a word is asked for, not on padding.
    private static Tensor ScoresAt(CaptionDecoder decoder, DecoderMemory memory, CaptionBatch batch, Tensor positions)
    {
        using var scope = NewDisposeScope();
        var seen = decoder.Unroll(memory, batch.Words);
        return decoder.Scores(seen.view(-1, seen.shape[2]).index_select(0, positions)).MoveToOuterDisposeScope();
    }

    // Feeds, after some positions, what the decoder says there itself after the true words; with other units dropped out than in the step.
    private static void Exchange(CaptionDecoder decoder, Tensor features, CaptionBatch batch, long[] positions)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        batch.Feed(positions, CaptionSampler.Choose(ScoresAt(decoder, decoder.Memory(features), batch, tensor(positions)),
            temperature: 1));
    }
}
