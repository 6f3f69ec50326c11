using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Batched beam search: of every image the <see cref="DecodingOptions.Beam"/> most probable unfinished captions are kept and lengthened
/// word by word. An image is done when no unfinished caption can overtake its finished ones any more.
/// </summary>
internal static class BeamSearch
{
    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellation">Checked before every word.</param>
    /// <returns>For each image its finished captions, best first, at most <see cref="DecodingOptions.NBest"/>.</returns>
    public static IEnumerable<IReadOnlyList<Hypothesis>> Run(CaptionDecoder decoder, Tensor embeddings, SearchRequest request,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var options = request.Options;
        var beams = Enumerable.Range(0, request.Images).Select(i => new Beam(i, request)).ToList();
        var active = beams;
        var (allowed, allowedButEnd) = (AllowedWords(mayEnd: true), AllowedWords(mayEnd: false));
        DecodingLoop.Run(decoder, embeddings, options.Beam, Choose, cancellation);
        return [.. beams.Select(b => b.Best())];

        NextWords? Choose(int length, Tensor scores, Tensor? attention)
        {
            var logProbabilities = scores.log_softmax(1) + (length < options.MinLength ? allowedButEnd : allowed);
            RuleOut(logProbabilities);
            var totals = tensor(active.SelectMany(b => b.Totals).ToArray()).unsqueeze(1) + logProbabilities;
            // Twice the beam: even if half of the candidates end here, enough stay to fill it.
            var width = Math.Min(2 * options.Beam, options.Beam * request.Vocabulary);
            var (values, indices) = totals.view(active.Count, -1).topk(width, 1);
            var candidates = new Candidates(values.data<float>().ToArray(), indices.data<long>().ToArray(), width, request.Vocabulary,
                request.WithAttention ? attention?.data<float>().ToArray() : null, decoder.Options.Cells);
            for (var i = 0; i < active.Count; i++) active[i].Advance(candidates, i, length);
            foreach (var beam in active.Where(b => !b.Done)) request.Leading?.Invoke(beam.Image, beam.Leading);

            var going = Enumerable.Range(0, active.Count).Where(i => !active[i].Done).ToList();
            if (going.Count == 0) return null;
            long[] rows = [.. going.SelectMany(i => active[i].Parents.Select(p => (long)i * options.Beam + p))];
            var someEnded = going.Count < active.Count;
            active = [.. going.Select(i => active[i])];
            return new NextWords([.. active.SelectMany(b => b.LastWords)], rows,
                someEnded ? [.. active.Select(b => (long)b.Image)] : null);
        }

        // 0 where a word may come next, −∞ where not: (V).
        Tensor AllowedWords(bool mayEnd)
        {
            var mask = new float[request.Vocabulary];
            foreach (var never in SearchRequest.Never) mask[never] = float.NegativeInfinity;
            if (!mayEnd) mask[Vocabulary.Eos] = float.NegativeInfinity;
            return tensor(mask);
        }

        void RuleOut(Tensor logProbabilities)
        {
            var ruledOut = active.SelectMany((beam, i) => beam.RuledOut()
                .Select(r => ((long)i * options.Beam + r.Row) * request.Vocabulary + r.Word)).ToArray();
            if (ruledOut.Length > 0) logProbabilities.view(-1).index_fill_(0, tensor(ruledOut), float.NegativeInfinity);
        }
    }

    /// <summary>The most probable continuations of a batch at one step.</summary>
    /// <param name="Totals">Log probabilities of the captions so far, (images, <paramref name="Width"/>), descending.</param>
    /// <param name="Indices">beam · vocabulary + word, same shape.</param>
    /// <param name="Width">Candidates for each image.</param>
    /// <param name="Vocabulary">Words.</param>
    /// <param name="Attention">(images · beams, <paramref name="Cells"/>), or null.</param>
    /// <param name="Cells">Cells of the grid.</param>
    private sealed record Candidates(float[] Totals, long[] Indices, int Width, int Vocabulary, float[]? Attention, int Cells)
    {
        public float[]? AttentionOf(int row) => Attention?.AsSpan(row * Cells, Cells).ToArray();
    }

    /// <summary>The unfinished captions of one image, and those that have come to their end.</summary>
    private sealed class Beam
    {
        private readonly SearchRequest _request;
        private readonly CaptionConstraint? _constraint;
        private readonly List<Hypothesis> _finished = [];
        private Hypothesis[] _live;

        public Beam(int image, SearchRequest request)
        {
            (Image, _request, _constraint) = (image, request, request.Constraints?[image]);
            // All captions begin alike; only the first may be continued, or the same words would fill the beam.
            _live = [Hypothesis.Beginning, .. Enumerable.Repeat(Hypothesis.Beginning with { Total = float.NegativeInfinity }, Width - 1)];
            Parents = new int[Width];
        }

        /// <summary>Position of the image in the whole batch.</summary>
        public int Image { get; }

        public bool Done { get; private set; }

        /// <summary>For every caption the row, within this image, that it continues.</summary>
        public int[] Parents { get; }

        public Hypothesis Leading => _live[0];

        public IEnumerable<long> LastWords => _live.Select(h => (long)h.Word);

        public IEnumerable<float> Totals => _live.Select(h => (float)h.Total);

        private int Width => _request.Options.Beam;

        /// <summary>Takes the candidates of row <paramref name="row"/>; captions have <paramref name="length"/> words so far.</summary>
        public void Advance(Candidates candidates, int row, int length)
        {
            var next = new List<Hypothesis>(Width);
            if (_constraint?.At(length) is { } given)
            {
                Parents[0] = 0;
                var total = (float)_live[0].Total + given.LogProbability;
                next.Add(Extended(_live[0], given.Word, total, candidates.AttentionOf(row * Width)));
            }
            else
            {
                Continue(next, candidates, row);
            }
            if (next.Count == 0)
            {
                // Every continuation was ruled out: the captions end where they are.
                _finished.AddRange(_live.Where(h => h.Length > 0 && !double.IsNegativeInfinity(h.Total)));
                Done = true;
                return;
            }
            while (next.Count < Width)
            {
                Parents[next.Count] = Parents[0];
                next.Add(next[0] with { Total = float.NegativeInfinity });
            }
            _live = [.. next];
            if (length + 1 >= _request.Options.MaxLength)
            {
                _finished.AddRange(_live.Where(h => !double.IsNegativeInfinity(h.Total)));
                Done = true;
            }
            else if (_finished.Count >= Math.Max(Width, _request.Options.NBest))
            {
                // What the most probable unfinished caption would reach if it ended with the next word, for certain.
                var reachable = _live[0].Score(_request.Options.LengthNormalization, more: 1);
                // Greedy search ends where the end is the most probable word, whatever could follow a less probable one.
                Done = Width == 1 || _finished.Select(Score).OrderDescending().ElementAt(_request.Options.NBest - 1) >= reachable;
            }
        }

        // The most probable continuations fill the beam; those that end a caption are finished.
        private void Continue(List<Hypothesis> next, Candidates candidates, int row)
        {
            for (var j = 0; j < candidates.Width && next.Count < Width; j++)
            {
                var at = row * candidates.Width + j;
                var (total, parent, word) = (candidates.Totals[at], (int)(candidates.Indices[at] / candidates.Vocabulary),
                    (int)(candidates.Indices[at] % candidates.Vocabulary));
                if (float.IsNegativeInfinity(total) || float.IsNaN(total)) continue;
                var extended = Extended(_live[parent], word, total, candidates.AttentionOf(row * Width + parent));
                if (word == Vocabulary.Eos)
                {
                    // An ending counts only among the beam's best, as in a search that would keep exactly that many.
                    if (j < Width) _finished.Add(extended);
                    continue;
                }
                Parents[next.Count] = parent;
                next.Add(extended);
            }
        }

        /// <summary>Words that may not come next: those that the constraint bans, repetitions, and an end after an inner word.</summary>
        public IEnumerable<(int Row, int Word)> RuledOut()
        {
            for (var row = 0; row < Width; row++)
            {
                foreach (var word in Repeating(_live[row])) yield return (row, word);
                if (_request.InnerWords.Contains(_live[row].Word)) yield return (row, Vocabulary.Eos);
                foreach (var word in _constraint?.Banned ?? []) yield return (row, word);
            }
        }

        // The last word, and what would end a second run of the same NoRepeat words.
        private IEnumerable<int> Repeating(Hypothesis last)
        {
            var n = _request.Options.NoRepeat;
            if (n == 0 || last.Length == 0 || double.IsNegativeInfinity(last.Total)) yield break;
            yield return last.Word;
            var words = last.Ids();
            for (var start = 0; start + n <= words.Count; start++)
                if (words.Slice(start, n - 1).SequenceEqual(words.TakeLast(n - 1))) yield return words[start + n - 1];
        }

        public IReadOnlyList<Hypothesis> Best() => [.. _finished.OrderByDescending(Score).Take(_request.Options.NBest)];

        private double Score(Hypothesis hypothesis) => hypothesis.Score(_request.Options.LengthNormalization);

        // The network's totals are single precision, and so are their differences.
        private static Hypothesis Extended(Hypothesis before, int word, float total, float[]? attention) =>
            new(before, word, total - (float)before.Total, total, attention);
    }
}
