using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Draws captions word by word from the smallest set of words whose probabilities reach top-p (Holtzman et al., 2020).
/// An image's samples depend on its embedding and the seed, not on what else is in the batch.
/// </summary>
/// <param name="decoder">In inference mode.</param>
/// <param name="options"><see cref="DecodingOptions.TopP"/> is set; validated here.</param>
public sealed class NucleusSampler(CaptionDecoder decoder, DecodingOptions options)
{
    private readonly DecodingOptions _options = options.Validated();

    /// <summary>What each image's captions are told before they are written; null where nothing is.</summary>
    internal IReadOnlyList<CaptionCue>? Cues { get; init; }

    /// <summary>Words after which no caption ends.</summary>
    internal IReadOnlySet<int> InnerWords { get; init; } = CaptionRules.None.InnerWords;

    /// <summary><see cref="DecodingOptions.NBest"/> samples for each image, likeliest first.</summary>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of an image and its first sample.</param>
    /// <param name="cancellation">Looked at before every word.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for the captions any more.</exception>
    public IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Sample(Tensor embeddings, bool withAttention = false,
        Action<int, IReadOnlyList<int>>? leading = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (images, each) = ((int)embeddings.shape[0], _options.NBest);
        var memory = decoder.Memory(embeddings);
        var state = decoder.Start(memory, each);
        var samples = Enumerable.Range(0, images * each).Select(i => new Drawn(new Random(HashCode(_options.Seed, i % each)))).ToList();
        for (var length = 0; length < _options.MaxLength + 1 && samples.Any(s => !s.Ended); length++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var previous = tensor(samples.Select(s => (long)s.Last).ToArray());
            var step = decoder.Step(memory, decoder.WordGates(previous), state);
            var scores = decoder.Scores(step.Seen).data<float>().ToArray();
            var attention = withAttention ? step.Attention?.data<float>().ToArray() : null;
            var (vocabulary, cells) = (scores.Length / samples.Count, decoder.Options.Cells);
            for (var i = 0; i < samples.Count; i++)
                if (!samples[i].Ended)
                    Draw(samples[i], scores.AsSpan(i * vocabulary, vocabulary), length, attention is null ? null
                        : attention[(i * cells)..((i + 1) * cells)], Cues?[i / each]);
            if (leading is not null)
                for (var image = 0; image < images; image++) leading(image, samples[image * each].Words);
            state.Dispose();
            state = new DecoderState(step.State.Hidden.MoveToOuterDisposeScope(), step.State.Cell.MoveToOuterDisposeScope());
        }
        return [.. samples.Chunk(each).Select(IReadOnlyList<CaptionHypothesis> (image) =>
            [.. image.Select(s => s.ToHypothesis(_options.LengthNormalization)).OrderByDescending(h => h.Score)])];
    }

    private void Draw(Drawn sample, Span<float> scores, int length, float[]? attention, CaptionCue? cue)
    {
        if (cue?.At(length) is { } told && length < _options.MaxLength)
        {
            sample.Take(told.Word, told.LogProbability, end: false, attention);
            return;
        }
        foreach (var never in (int[])[Vocabulary.Pad, Vocabulary.Bos, Vocabulary.Unk, .. cue?.Banned ?? []])
            scores[never] = float.NegativeInfinity;
        if (length < _options.MinLength || InnerWords.Contains(sample.Last)) scores[Vocabulary.Eos] = float.NegativeInfinity;
        if (length == _options.MaxLength) { sample.Ended = true; return; }
        var highest = float.NegativeInfinity;
        foreach (var score in scores) highest = Math.Max(highest, score);
        var order = new int[scores.Length];
        var weights = new double[scores.Length];
        for (var w = 0; w < order.Length; w++) (order[w], weights[w]) = (w, -Math.Exp((scores[w] - highest) / _options.Temperature));
        Array.Sort(weights, order);
        var total = -weights.Sum();
        // The smallest set of likeliest words that holds top-p of the probability.
        var (kept, mass) = (0, 0.0);
        while (kept < order.Length && (kept == 0 || mass < _options.TopP!.Value * total)) mass -= weights[kept++];
        var target = sample.Random.NextDouble() * mass;
        var at = 0;
        while (at < kept - 1 && (target += weights[at]) >= 0) at++;
        sample.Take(order[at], (float)Math.Log(-weights[at] / total), order[at] == Vocabulary.Eos, attention);
    }

    private static int HashCode(long seed, int sample) => unchecked((int)(seed * 1_000_003 + sample * 7919));

    private sealed class Drawn(Random random)
    {
        private readonly List<int> _words = [];
        private readonly List<float> _logProbabilities = [];
        private readonly List<float[]> _attention = [];

        public Random Random => random;

        public bool Ended { get; set; }

        public IReadOnlyList<int> Words => _words;

        public int Last => _words.Count > 0 ? _words[^1] : Vocabulary.Bos;

        public void Take(int word, float logProbability, bool end, float[]? attention)
        {
            _logProbabilities.Add(logProbability);
            Ended = end;
            if (end) return;
            _words.Add(word);
            if (attention is not null) _attention.Add(attention);
        }

        public CaptionHypothesis ToHypothesis(double lengthNormalization) =>
            new(_words, _logProbabilities, _logProbabilities.Sum(p => (double)p) / Math.Pow(Math.Max(1, _logProbabilities.Count),
                lengthNormalization),
                _attention.Count == _words.Count && _words.Count > 0 ? _attention : null);
    }
}

/// <summary>A caption drawn from a decoder.</summary>
/// <param name="Words">Indices into the vocabulary, without beginning and end.</param>
/// <param name="Ended">Whether it came to its end by itself; otherwise it was cut off.</param>
internal sealed record SampledCaption(int[] Words, bool Ended);

/// <summary>
/// Draws captions from the decoder's own distribution, word by word, for training on them. Everything random comes from the default
/// generator, whose state checkpoints hold.
/// </summary>
internal static class CaptionSampler
{
    private static readonly long[] Never = [Vocabulary.Pad, Vocabulary.Bos, Vocabulary.Unk];

    /// <summary>Captions of N images, <paramref name="each"/> of every one, side by side.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="features">What it reads, (N, P, C).</param>
    /// <param name="each">Captions an image.</param>
    /// <param name="temperature">Divides the scores.</param>
    /// <param name="maximumWords">A caption that has not ended by then is cut off.</param>
    public static IReadOnlyList<SampledCaption> Draw(CaptionDecoder decoder, Tensor features, int each, double temperature,
        int maximumWords)
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
