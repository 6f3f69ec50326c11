namespace CaptionTL.Captions;

/// <summary>
/// CIDEr-D (Vedantam et al. 2015, "CIDEr: Consensus-based Image Description Evaluation") as coco-caption computes it: n-grams of one to
/// four words weighted by term frequency × log(images / images whose references have the n-gram), clipped cosine similarity with every
/// reference, a Gaussian penalty on the difference of lengths (σ = 6), times 10. Prepared once for a reference corpus, it scores any
/// number of candidates; scoring changes nothing and may run on several threads.
/// </summary>
public sealed class CiderScorer
{
    private const double Sigma = 6;

    private readonly WordNumbers _words = new();
    private readonly Dictionary<NGram, double> _weights; // n-gram → log(images / document frequency)
    private readonly double _unseenWeight; // of an n-gram that no reference has
    private readonly Vector[][] _references;

    /// <param name="references">For each image its references, split by <see cref="Text.CaptionTokenizer"/>. They are also the corpus
    /// that n-grams are weighted by, unless another is given.</param>
    /// <param name="corpus">References of the images that n-grams are weighted by.</param>
    /// <exception cref="ArgumentException">An image has no reference.</exception>
    public CiderScorer(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references,
        IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>>? corpus = null)
    {
        ArgumentNullException.ThrowIfNull(references);
        var counts = CountsOf(references);
        var weighing = corpus is null ? counts : CountsOf(corpus);
        var documents = new Dictionary<NGram, int>();
        foreach (var ngram in weighing.SelectMany(image => image.SelectMany(c => c.Keys).Distinct()))
            documents[ngram] = documents.GetValueOrDefault(ngram) + 1;
        _unseenWeight = Math.Log(weighing.Length);
        _weights = documents.ToDictionary(d => d.Key, d => _unseenWeight - Math.Log(d.Value));
        _references = [.. counts.Select(c => c.Select(Weigh).ToArray())];
    }

    /// <summary>Number of images.</summary>
    public int Count => _references.Length;

    /// <summary>CIDEr-D of one candidate, 0 to 10.</summary>
    /// <param name="image">Index into the references given to the constructor.</param>
    /// <param name="candidate">Words as <see cref="Text.CaptionTokenizer"/> splits them.</param>
    public double Score(int image, IReadOnlyList<string> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var vector = Weigh(NGram.Count(_words.Find(candidate)));
        var sum = 0.0;
        foreach (var reference in _references[image]) sum += Similarity(vector, reference);
        return 10 * sum / NGram.MaxLength / _references[image].Length;
    }

    /// <summary>CIDEr-D of a corpus: the mean over the images.</summary>
    /// <param name="candidates">One caption an image, in the order of the references.</param>
    public double Score(IReadOnlyList<IReadOnlyList<string>> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count != Count)
            throw new ArgumentException($"{candidates.Count} captions for {Count} images", nameof(candidates));
        return candidates.Select((candidate, image) => Score(image, candidate)).Average();
    }

    private Dictionary<NGram, int>[][] CountsOf(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> images)
    {
        var counts = new Dictionary<NGram, int>[images.Count][];
        for (var image = 0; image < counts.Length; image++)
        {
            if (images[image].Count == 0) throw new ArgumentException($"image {image} has no reference caption", nameof(images));
            counts[image] = [.. images[image].Select(words => NGram.Count(_words.Add(words)))];
        }
        return counts;
    }

    /// <summary>Sum over n = 1…4 of the clipped cosine similarity, each with the length penalty.</summary>
    private static double Similarity(Vector candidate, Vector reference)
    {
        Span<double> products = stackalloc double[NGram.MaxLength];
        foreach (var (ngram, value) in candidate.Values)
            if (reference.Values.TryGetValue(ngram, out var other)) products[ngram.Length - 1] += Math.Min(value, other) * other;
        var sum = 0.0;
        for (var n = 0; n < NGram.MaxLength; n++)
        {
            var norms = candidate.Norms[n] * reference.Norms[n];
            sum += norms == 0 ? products[n] : products[n] / norms;
        }
        double difference = candidate.Bigrams - reference.Bigrams;
        return sum * Math.Exp(-difference * difference / (2 * Sigma * Sigma));
    }

    private Vector Weigh(Dictionary<NGram, int> counts)
    {
        var values = new Dictionary<NGram, double>(counts.Count);
        var norms = new double[NGram.MaxLength];
        var bigrams = 0;
        foreach (var (ngram, count) in counts)
        {
            var value = count * _weights.GetValueOrDefault(ngram, _unseenWeight);
            values.Add(ngram, value);
            norms[ngram.Length - 1] += value * value;
            if (ngram.Length == 2) bigrams += count;
        }
        for (var n = 0; n < norms.Length; n++) norms[n] = Math.Sqrt(norms[n]);
        return new(values, norms, bigrams);
    }

    /// <param name="Values">Weight of every n-gram.</param>
    /// <param name="Norms">Euclidean norm for each length.</param>
    /// <param name="Bigrams">Number of pairs of words, which coco-caption takes for the caption's length.</param>
    private sealed record Vector(Dictionary<NGram, double> Values, double[] Norms, int Bigrams);
}
