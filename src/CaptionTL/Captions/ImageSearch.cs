using CaptionTL.Text;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>The beam of one image: unfinished captions, and those that have come to their end.</summary>
internal sealed class ImageSearch
{
    private readonly DecodingOptions _options;
    private readonly IReadOnlySet<int> _innerWords;
    private readonly CaptionCue? _cue;
    private readonly List<(Node Last, bool Ended, double Score)> _finished = [];
    private Node[] _live;

    public ImageSearch(int image, DecodingOptions options, IReadOnlySet<int> innerWords, CaptionCue? cue)
    {
        (Image, _options, _innerWords, _cue) = (image, options, innerWords, cue);
        _live = new Node[options.Beam];
        // All beams begin alike; only the first may be continued, or the same words would fill the beam.
        for (var i = 0; i < _live.Length; i++) _live[i] = new Node(null, Vocabulary.Bos, i == 0 ? 0 : float.NegativeInfinity, 0, null);
        Parents = new int[options.Beam];
    }

    /// <summary>Which image of the whole batch this is.</summary>
    public int Image { get; }

    public int Beam => _live.Length;

    public bool Done { get; private set; }

    /// <summary>For every beam the row, within this image, that it continues.</summary>
    public int[] Parents { get; }

    /// <summary>Words of the likeliest unfinished caption.</summary>
    public IReadOnlyList<int> Leading => _live[0].Words();

    public IEnumerable<long> LastWords => _live.Select(n => (long)n.Word);

    public IEnumerable<float> Totals => _live.Select(n => n.Total);

    /// <summary>Takes the candidates of row <paramref name="row"/>; captions have <paramref name="length"/> words so far.</summary>
    public void Advance(Candidates candidates, int row, int length)
    {
        var next = new List<Node>(Beam);
        if (_cue?.At(length) is { } told)
        {
            Parents[0] = 0;
            next.Add(new Node(_live[0], told.Word, _live[0].Total + told.LogProbability, length + 1, AttentionOf(candidates, row * Beam)));
        }
        else Continue(next, candidates, row, length);
        if (next.Count == 0)
        {
            // Every continuation was ruled out: what there is must do.
            foreach (var node in _live.Where(n => n.Length > 0 && !float.IsNegativeInfinity(n.Total))) Finish(node, ended: false);
            Done = true;
            return;
        }
        while (next.Count < Beam)
        {
            Parents[next.Count] = Parents[0];
            next.Add(next[0] with { Total = float.NegativeInfinity });
        }
        _live = [.. next];
        if (length + 1 >= _options.MaxLength)
        {
            foreach (var node in _live.Where(n => !float.IsNegativeInfinity(n.Total))) Finish(node, ended: false);
            Done = true;
        }
        else if (_finished.Count >= Math.Max(Beam, _options.NBest))
        {
            // What the likeliest unfinished caption would reach if it ended with the next word, for certain.
            var reachable = Score(_live[0].Total, length + 2);
            // Greedy search ends where the end is the likeliest word, whatever could follow an unlikelier one.
            Done = Beam == 1 || _finished.OrderByDescending(f => f.Score).ElementAt(_options.NBest - 1).Score >= reachable;
        }
    }

    // The likeliest continuations fill the beam; those that end a caption are finished.
    private void Continue(List<Node> next, Candidates candidates, int row, int length)
    {
        for (var j = 0; j < candidates.Width && next.Count < Beam; j++)
        {
            var at = row * candidates.Width + j;
            var (total, parent, word) = (candidates.Totals[at], (int)(candidates.Indices[at] / candidates.Vocabulary),
                (int)(candidates.Indices[at] % candidates.Vocabulary));
            if (float.IsNegativeInfinity(total) || float.IsNaN(total)) continue;
            var node = new Node(_live[parent], word, total, length + 1, AttentionOf(candidates, row * Beam + parent));
            if (word == Vocabulary.Eos)
            {
                // An ending counts only among the beam's best, as in a search that would keep exactly that many.
                if (j < Beam) Finish(node, ended: true);
                continue;
            }
            Parents[next.Count] = parent;
            next.Add(node);
        }
    }

    /// <summary>
    /// Beams and the words that may not come next there: those that a cue bans, those that would repeat something, an end behind an inner
    /// word.
    /// </summary>
    public IEnumerable<(int Row, int Word)> RuledOut() =>
        Repeating()
            .Concat(Enumerable.Range(0, Beam).Where(row => _innerWords.Contains(_live[row].Word)).Select(row => (row, Vocabulary.Eos)))
            .Concat(_cue is null ? [] : Enumerable.Range(0, Beam).SelectMany(row => _cue.Banned.Select(word => (row, word))));

    // The last word, and what would end a second run of the same NoRepeat words.
    private IEnumerable<(int Row, int Word)> Repeating()
    {
        var n = _options.NoRepeat;
        if (n == 0) yield break;
        for (var row = 0; row < _live.Length; row++)
        {
            if (_live[row].Length == 0 || float.IsNegativeInfinity(_live[row].Total)) continue;
            yield return (row, _live[row].Word);
            var words = _live[row].Words();
            for (var start = 0; start + n <= words.Count; start++)
            {
                var same = true;
                for (var k = 0; k < n - 1 && same; k++) same = words[start + k] == words[words.Count - n + 1 + k];
                if (same) yield return (row, words[start + n - 1]);
            }
        }
    }

    public IReadOnlyList<CaptionHypothesis> Best(int count) =>
        [.. _finished.OrderByDescending(f => f.Score).Take(count).Select(f => f.Last.ToHypothesis(f.Score))];

    private void Finish(Node node, bool ended) => _finished.Add((node, ended, Score(node.Total, node.Length)));

    private double Score(double total, int length) => total / Math.Pow(Math.Max(1, length), _options.LengthNormalization);

    private static float[]? AttentionOf(Candidates candidates, int row)
    {
        if (candidates.Attention is null) return null;
        return candidates.Attention.AsSpan(row * candidates.Cells, candidates.Cells).ToArray();
    }

    /// <summary>A word of a caption and, by its parents, all words before it.</summary>
    /// <param name="Total">Log probability of the caption up to here.</param>
    /// <param name="Length">Words up to here, the end counted.</param>
    private sealed record Node(Node? Parent, int Word, float Total, int Length, float[]? Attention)
    {
        public List<int> Words() => [.. Path().Select(n => n.Word).Where(w => w != Vocabulary.Eos)];

        public CaptionHypothesis ToHypothesis(double score)
        {
            var path = Path();
            var words = path.Where(n => n.Word != Vocabulary.Eos).ToList();
            return new CaptionHypothesis(
                [.. words.Select(n => n.Word)],
                [.. path.Select(n => n.Total - n.Parent!.Total)],
                score,
                words.Count > 0 && words[0].Attention is not null ? [.. words.Select(n => n.Attention!)] : null);
        }

        private List<Node> Path()
        {
            var path = new List<Node>(Length);
            for (var node = this; node.Parent is not null; node = node.Parent) path.Add(node);
            path.Reverse();
            return path;
        }
    }
}

/// <summary>
/// An image as the mean of what the network sees in it and in its mirror image, turned back: what the network makes of left and right by
/// chance falls out (test-time flipping, Krizhevsky et al., 2012, of embeddings instead of answers).
/// </summary>
internal static class MirroredGrid
{
    /// <param name="grids">(2N, P, C): N images, then their mirror images in the same order; P cells of a square, row by row.</param>
    /// <returns>(N, P, C), fp32.</returns>
    /// <exception cref="CaptionTLException">The cells are not those of a square.</exception>
    public static Tensor Mean(Tensor grids)
    {
        var (images, cells, channels) = (grids.shape[0] / 2, grids.shape[1], grids.shape[2]);
        var side = (long)Math.Round(Math.Sqrt(cells));
        if (side * side != cells)
            throw new CaptionTLException($"A grid of {cells} cells is no square, so mirrored images cannot be averaged. Set "
                + $"decoding.mirror to false.");
        using var scope = NewDisposeScope();
        var numbers = grids.to(ScalarType.Float32);
        var turned = numbers.narrow(0, images, images).view(images, side, side, channels).flip(2).view(images, cells, channels);
        return numbers.narrow(0, 0, images).add(turned).mul(0.5f).MoveToOuterDisposeScope();
    }
}
