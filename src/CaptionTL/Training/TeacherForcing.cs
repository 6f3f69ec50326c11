using CaptionTL.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Forward and backward pass of one training step: every word is predicted from the true words before it (Williams and Zipser, 1989).
/// The graph is cut at the LSTM, whose backward pass is its own (<see cref="PackedLstm"/>), and at the memory, which feeds both
/// sides of that cut.
/// </summary>
internal static class TeacherForcing
{
    /// <summary>Adds the loss's gradients to the decoder's parameters.</summary>
    /// <returns>The loss, nats a word.</returns>
    public static float Backpropagate(CaptionDecoder decoder, TrainingBatch batch, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        var embeddingsMemory = decoder.Memory(batch.Embeddings);
        var memory = Leaf(embeddingsMemory);
        var (pictures, hidden, steps) = (memory.shape[0], decoder.Options.Hidden, batch.Going.Count);
        var captions = pictures * batch.CaptionsEach;
        var of = batch.Captions.floor_divide(batch.CaptionsEach);
        var first = of.narrow(0, 0, batch.Going[0]);

        // The words, up to the LSTM
        var inputMask = Mask(decoder, decoder.Options.EmbeddingDropout, captions, batch.Captions);
        var gates = decoder.InputGates(batch.Words, decoder.Picture(memory).index_select(0, of), inputMask);
        var atStart = decoder.Start(memory);
        var start = new DecoderState(atStart.Hidden.index_select(0, first), atStart.Cell.index_select(0, first));
        using var lstm = new PackedLstm(gates, start, decoder.RecurrentWeight, batch.Going);

        // From the LSTM's outputs to the loss
        var outputs = Leaf(lstm.Hidden);
        var outputMask = Mask(decoder, decoder.Options.HiddenDropout, captions, batch.Captions);
        var seen = outputMask is null ? outputs : outputs * outputMask;
        Tensor? context = null;
        if (decoder.Options.Attention)
        {
            // Attention works on whole pictures: rows go to caption · steps + step, and back.
            var places = Places(batch, steps);
            var padded = zeros(captions * steps, hidden).index_copy(0, places, seen).view(pictures, -1, hidden);
            context = decoder.Attend(padded, memory).Context.view(-1, hidden).index_select(0, places);
        }
        var loss = nn.functional.cross_entropy(decoder.Scores(seen, context), batch.Targets, label_smoothing: labelSmoothing);
        var value = loss.item<float>();
        if (!float.IsFinite(value)) return value;

        loss.backward();
        var (dGates, dHidden, dCell, dWeight) = lstm.Backward(outputs.grad!);
        autograd.backward([gates, start.Hidden, start.Cell], [dGates, dHidden, dCell]);
        decoder.RecurrentWeight.grad = dWeight.MoveToOuterDisposeScope();
        embeddingsMemory.backward([memory.grad!]);
        return value;
    }

    private static Tensor Leaf(Tensor value) => value.detach().requires_grad_(true);

    // Dropout that stays the same over a caption's steps (Gal and Ghahramani, 2016): (R, H), or null where nothing is dropped.
    private static Tensor? Mask(CaptionDecoder decoder, double rate, long captions, Tensor caption) =>
        rate == 0 || !decoder.training ? null
            : rand(captions, decoder.Options.Hidden).ge(rate).to(ScalarType.Float32).div_(1 - rate).index_select(0, caption);

    private static Tensor Places(TrainingBatch batch, int steps)
    {
        var step = tensor(batch.Going.SelectMany((count, t) => Enumerable.Repeat((long)t, count)).ToArray());
        return batch.Captions * steps + step;
    }
}
