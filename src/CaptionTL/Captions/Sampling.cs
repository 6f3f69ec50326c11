using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Samples captions word by word from the smallest set of words whose probabilities add up to top-p (Holtzman et al., 2020). An image's
/// samples depend on its embedding and the seed, not on the rest of the batch.
/// </summary>
internal static class NucleusSampling
{
    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="request">With <see cref="DecodingOptions.TopP"/>.</param>
    /// <param name="cancellation">Checked before every word.</param>
    /// <returns>For each image <see cref="DecodingOptions.NBest"/> samples, best first.</returns>
    public static IEnumerable<IReadOnlyList<Hypothesis>> Run(CaptionDecoder decoder, Tensor embeddings, SearchRequest request,
        CancellationToken cancellation)
    {
        var (options, each) = (request.Options, request.Options.NBest);
        var samples = Enumerable.Repeat(Hypothesis.Beginning, request.Images * each).ToArray();
        var ended = new bool[samples.Length];
        Random[] random = [.. Enumerable.Range(0, samples.Length).Select(i => new Random(SeedOf(options.Seed, i % each)))];
        DecodingLoop.Run(decoder, embeddings, each, Choose, cancellation);
        return samples.Chunk(each).Select(image => image.OrderByDescending(h => h.Score(options.LengthNormalization)).ToList());

        NextWords? Choose(int length, Tensor scores, Tensor? attention)
        {
            var all = scores.data<float>().ToArray();
            var weights = request.WithAttention ? attention?.data<float>().ToArray() : null;
            var cells = decoder.Options.Cells;
            for (var i = 0; i < samples.Length; i++)
            {
                if (ended[i]) continue;
                var constraint = request.Constraints?[i / each];
                var own = all.AsSpan(i * request.Vocabulary, request.Vocabulary);
                RuleOut(own, length, samples[i].Word, constraint);
                var (word, logProbability) = constraint?.At(length) ?? Draw(own, random[i]);
                samples[i] = new Hypothesis(samples[i], word, logProbability, samples[i].Total + logProbability,
                    weights?.AsSpan(i * cells, cells).ToArray());
                ended[i] = word == Vocabulary.Eos;
            }
            for (var image = 0; image < request.Images; image++) request.Leading?.Invoke(image, samples[image * each]);
            return length + 1 == options.MaxLength || Array.TrueForAll(ended, e => e) ? null
                : new NextWords([.. samples.Select(LastWord)]);
        }

        // A finished sample is fed its last word until the others are finished too.
        static long LastWord(Hypothesis sample) => sample.Word == Vocabulary.Eos ? sample.Before!.Word : sample.Word;

        void RuleOut(Span<float> scores, int length, int last, CaptionConstraint? constraint)
        {
            foreach (var never in SearchRequest.Never) scores[never] = float.NegativeInfinity;
            foreach (var banned in constraint?.Banned ?? []) scores[banned] = float.NegativeInfinity;
            if (length < options.MinLength || request.InnerWords.Contains(last)) scores[Vocabulary.Eos] = float.NegativeInfinity;
        }

        (int Word, float LogProbability) Draw(ReadOnlySpan<float> scores, Random source)
        {
            var highest = float.NegativeInfinity;
            foreach (var score in scores) highest = Math.Max(highest, score);
            var (order, weights) = (new int[scores.Length], new double[scores.Length]);
            for (var w = 0; w < order.Length; w++) (order[w], weights[w]) = (w, -Math.Exp((scores[w] - highest) / options.Temperature));
            Array.Sort(weights, order);
            var total = -weights.Sum();
            // The smallest set of most probable words that holds top-p of the probability.
            var (kept, mass) = (0, 0.0);
            while (kept < order.Length && (kept == 0 || mass < options.TopP!.Value * total)) mass -= weights[kept++];
            var target = source.NextDouble() * mass;
            var at = 0;
            while (at < kept - 1 && (target += weights[at]) >= 0) at++;
            return (order[at], (float)Math.Log(-weights[at] / total));
        }
    }

    private static int SeedOf(long seed, int sample) => unchecked((int)(seed * 1_000_003 + sample * 7919));
}

/// <summary>A caption sampled for training.</summary>
/// <param name="Words">Indices into the vocabulary, without beginning and end.</param>
/// <param name="Ended">Whether it came to its end by itself; otherwise it was cut off.</param>
internal sealed record SampledCaption(int[] Words, bool Ended);

/// <summary>
/// Samples captions from the decoder's whole distribution, for training on them. All random numbers come from TorchSharp's default
/// generator, whose state checkpoints hold.
/// </summary>
internal static class CaptionSampler
{
    /// <summary>Captions of N images, <paramref name="each"/> of every one, side by side.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="features">What it reads, (N, P, C).</param>
    /// <param name="each">Captions for each image.</param>
    /// <param name="temperature">Divides the scores.</param>
    /// <param name="maximumWords">A caption that has not ended by then is cut off.</param>
    public static IReadOnlyList<SampledCaption> Draw(CaptionDecoder decoder, Tensor features, int each, double temperature,
        int maximumWords)
    {
        var captions = Enumerable.Range(0, (int)features.shape[0] * each).Select(_ => new List<int>()).ToList();
        var ended = new bool[captions.Count];
        DecodingLoop.Run(decoder, features, each, (length, scores, _) =>
        {
            var words = Choose(scores, temperature);
            for (var i = 0; i < captions.Count; i++)
            {
                if (ended[i]) continue;
                ended[i] = words[i] == Vocabulary.Eos;
                if (!ended[i] && length < maximumWords) captions[i].Add((int)words[i]);
            }
            return length == maximumWords || Array.TrueForAll(ended, e => e) ? null : new NextWords(words);
        });
        return [.. captions.Select((words, i) => new SampledCaption([.. words], ended[i]))];
    }

    /// <summary>The scores (R, V) whose softmax captions are sampled from; special tokens have probability 0.</summary>
    public static Tensor Tempered(Tensor scores, double temperature)
    {
        using var scope = NewDisposeScope();
        return scores.div(temperature).index_fill(1, tensor(SearchRequest.Never.Select(w => (long)w).ToArray()), float.NegativeInfinity)
            .MoveToOuterDisposeScope();
    }

    /// <summary>A word from each row of scores (R, V).</summary>
    public static long[] Choose(Tensor scores, double temperature)
    {
        using var scope = NewDisposeScope();
        // The largest with Gumbel noise added is a sample from the softmax (Gumbel, 1954).
        return rand(scores.shape).log_().neg_().log_().neg_().add_(Tempered(scores, temperature)).argmax(1).data<long>().ToArray();
    }
}
