using CaptionTL.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training.Captions;

/// <summary>Forward and backward pass of one training step: every word is predicted from the true words before it (Williams and Zipser, 1989).</summary>
internal static class TeacherForcing
{
    /// <summary>Adds the loss's gradients to the parameters; leaves them alone where the loss is no number.</summary>
    /// <param name="decoder">In training mode.</param>
    /// <param name="features">What it reads, (N, P, C).</param>
    /// <param name="batch">Words and targets.</param>
    /// <param name="labelSmoothing">Probability that the loss spreads over all words.</param>
    /// <returns>The loss, nats a word.</returns>
    public static float Backpropagate(CaptionDecoder decoder, Tensor features, CaptionBatch batch, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        var seen = decoder.Unroll(features, batch.Words);
        // The output layer, the dearest part, is computed where there is a word to learn, not on padding.
        var scores = decoder.Scores(seen.view(-1, seen.shape[2]).index_select(0, batch.Positions));
        var loss = nn.functional.cross_entropy(scores, batch.Targets, label_smoothing: labelSmoothing);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return value;
    }
}
