using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>
/// Draws captions from the decoder's own distribution, word by word, for training on them. Everything random comes from the default
/// generator, whose state checkpoints hold.
/// </summary>
internal static class CaptionSampler
{
    private static readonly long[] Never = [Vocabulary.Pad, Vocabulary.Bos, Vocabulary.Unk];

    /// <summary>Captions of N pictures, <paramref name="each"/> of every one, side by side.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="features">What it reads, (N, P, C).</param>
    /// <param name="each">Captions a picture.</param>
    /// <param name="temperature">Divides the scores.</param>
    /// <param name="maximumWords">A caption that has not ended by then is cut off.</param>
    public static IReadOnlyList<SampledCaption> Draw(CaptionDecoder decoder, Tensor features, int each, double temperature, int maximumWords)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var memory = decoder.Memory(features);
        var state = decoder.Start(memory, each);
        var captions = Enumerable.Range(0, (int)features.shape[0] * each).Select(i => new List<int>()).ToList();
        var ended = new bool[captions.Count];
        var previous = Enumerable.Repeat((long)Vocabulary.Bos, captions.Count).ToArray();
        for (var length = 0; length <= maximumWords && !Array.TrueForAll(ended, e => e); length++)
        {
            using var stepScope = NewDisposeScope();
            var step = decoder.Step(memory, decoder.WordGates(tensor(previous)), state);
            previous = Choose(decoder.Scores(step.Seen), temperature);
            for (var i = 0; i < captions.Count; i++)
            {
                if (ended[i]) continue;
                ended[i] = previous[i] == Vocabulary.Eos;
                if (!ended[i] && length < maximumWords) captions[i].Add((int)previous[i]);
            }
            state.Dispose();
            state = new DecoderState(step.State.Hidden.MoveToOuterDisposeScope(), step.State.Cell.MoveToOuterDisposeScope());
        }
        return [.. captions.Select((words, i) => new SampledCaption([.. words], ended[i]))];
    }

    /// <summary>The scores (R, V) whose softmax captions are drawn from: what no caption is made of gets probability 0.</summary>
    public static Tensor Tempered(Tensor scores, double temperature)
    {
        using var scope = NewDisposeScope();
        return scores.div(temperature).index_fill(1, tensor(Never), float.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary>A word from each row of scores (R, V).</summary>
    public static long[] Choose(Tensor scores, double temperature)
    {
        using var scope = NewDisposeScope();
        // The largest with Gumbel noise added is a draw from the softmax (Gumbel, 1954).
        return rand(scores.shape).log_().neg_().log_().neg_().add_(Tempered(scores, temperature)).argmax(1).data<long>().ToArray();
    }
}
