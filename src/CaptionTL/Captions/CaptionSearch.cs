using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Captions from embeddings: beam search, or nucleus sampling where <see cref="DecodingOptions.TopP"/> is set. Where
/// <see cref="DecodingOptions.CheckLabels"/> is set (label-constrained decoding), captions that the network's own classes contradict are
/// written a second time.
/// </summary>
/// <param name="decoder">In inference mode.</param>
/// <param name="vocabulary">The decoder's.</param>
/// <param name="innerWords">Words after which no caption ends (see <see cref="CaptionEndings"/>); others than the vocabulary's are
/// ignored.</param>
public sealed class CaptionSearch(CaptionDecoder decoder, Vocabulary vocabulary, IEnumerable<string>? innerWords = null)
{
    private readonly HashSet<int> _innerWords = [.. (innerWords ?? []).Where(vocabulary.Contains).Select(vocabulary.IdOf)];

    public CaptionDecoder Decoder => decoder;

    public Vocabulary Vocabulary => vocabulary;

    /// <summary>What the pretrained network's classes say of captions; null where those classes are not available.</summary>
    internal LabelConstraints? Constraints { get; init; }

    /// <summary>Captions of a batch of N images, <see cref="DecodingOptions.NBest"/> for each, best first.</summary>
    /// <param name="grids">(N, P, C); with <see cref="DecodingOptions.Mirror"/> (2N, P, C), the images and then their mirror images in the
    /// same order.</param>
    /// <param name="options">Validated here.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Called after each word with an image's position and the caption that leads so far, its words joined by
    /// blanks; later words may change it.</param>
    /// <param name="cancellation">Checked before every word.</param>
    /// <exception cref="CaptionTLException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The caller no longer wants the captions.</exception>
    public IReadOnlyList<CaptionResult> Run(Tensor grids, DecodingOptions options, bool withAttention = false,
        Action<int, string>? leading = null, CancellationToken cancellation = default)
    {
        options.Validated();
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var embeddings = options.Mirror ? MirroredGrid.Mean(grids) : grids.to(ScalarType.Float32);
        var found = Search(embeddings, null, leading);
        if (Constraints is null || !options.CheckLabels) return found;
        // A constraint as long as a caption may be would leave no room for a caption: the first one stands.
        var constraints = Constraints.Contradicting(embeddings, [.. found.Select(f => f.Captions[0].Words)])
            .Where(c => c.Value.Beginning.Count < options.MaxLength).OrderBy(c => c.Key).ToList();
        if (constraints.Count == 0) return found;
        var images = constraints.ConvertAll(c => c.Key);
        var again = Search(embeddings.index_select(0, tensor(images.ConvertAll(i => (long)i).ToArray())),
            constraints.ConvertAll(c => c.Value), leading is null ? null : (at, words) => leading(images[at], words));
        return [.. found.Select((first, image) => images.IndexOf(image) is >= 0 and var at ? again[at] : first)];

        IReadOnlyList<CaptionResult> Search(Tensor of, IReadOnlyList<CaptionConstraint>? constraints, Action<int, string>? tell)
        {
            var request = new SearchRequest((int)of.shape[0], decoder.Options.VocabularySize, options, _innerWords, constraints,
                withAttention, tell is null ? null : (image, last) => tell(image, string.Join(' ', vocabulary.Decode(last.Ids()))));
            return [.. (options.TopP is null ? BeamSearch.Run(decoder, of, request, cancellation)
                : NucleusSampling.Run(decoder, of, request, cancellation))
                .Select(captions => new CaptionResult([.. captions.Select(c => c.ToCaption(vocabulary, options.LengthNormalization))]))];
        }
    }
}

/// <summary>What beam search and nucleus sampling are given.</summary>
/// <param name="Images">N.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="Options">In range.</param>
/// <param name="InnerWords">Words after which no caption ends.</param>
/// <param name="Constraints">One for each image; null where there are none.</param>
/// <param name="WithAttention">Keep the attention of every word.</param>
/// <param name="Leading">Called after each word with an image's position and the caption that leads so far.</param>
internal sealed record SearchRequest(int Images, int Vocabulary, DecodingOptions Options, IReadOnlySet<int> InnerWords,
    IReadOnlyList<CaptionConstraint>? Constraints, bool WithAttention, Action<int, Hypothesis>? Leading)
{
    /// <summary>Tokens that no caption is made of.</summary>
    public static IReadOnlyList<int> Never { get; } = [Text.Vocabulary.Pad, Text.Vocabulary.Bos, Text.Vocabulary.Unk];
}

/// <summary>The words that a step has chosen, one for each of R rows; the rows of an image stand side by side.</summary>
/// <param name="Words">Indices into the vocabulary.</param>
/// <param name="Rows">The row of the step that each one continues; null: row i continues row i.</param>
/// <param name="Images">Positions of the images that go on, where some have come to their end; null: those of the step.</param>
internal sealed record NextWords(long[] Words, long[]? Rows = null, long[]? Images = null);

/// <summary>The loop that all captions come from: the decoder gives scores, the caller chooses words, and so on.</summary>
internal static class DecodingLoop
{
    /// <summary>Chooses the next words.</summary>
    /// <param name="length">Words that each row has so far.</param>
    /// <param name="scores">(R, V), before the softmax.</param>
    /// <param name="attention">Weights of the cells (R, P); null without attention.</param>
    /// <returns>Null where all captions are finished.</returns>
    public delegate NextWords? Choose(int length, Tensor scores, Tensor? attention);

    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="each">Captions written for each image at a time; R = N · each at first.</param>
    /// <param name="choose">Called until it returns null.</param>
    /// <param name="cancellation">Checked before every word.</param>
    public static void Run(CaptionDecoder decoder, Tensor embeddings, int each, Choose choose, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var everything = decoder.Memory(embeddings);
        var (memory, state) = (everything, decoder.Start(everything, each));
        var words = Enumerable.Repeat((long)Vocabulary.Bos, (int)embeddings.shape[0] * each).ToArray();
        for (var length = 0; ; length++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var step = decoder.Step(memory, decoder.WordGates(tensor(words)), state);
            if (choose(length, decoder.Scores(step.Seen), step.Attention) is not { } next) return;
            state.Dispose();
            state = (next.Rows is null ? step.State : step.State.Select(tensor(next.Rows))).MoveToOuterDisposeScope();
            if (next.Images is { } images)
            {
                if (!ReferenceEquals(memory, everything)) memory.Dispose();
                memory = everything.Select(tensor(images)).MoveToOuterDisposeScope();
            }
            words = next.Words;
        }
    }
}

/// <summary>A word of a caption that is being written and, by those before it, the caption up to there.</summary>
/// <param name="Before">The word before; null at the beginning.</param>
/// <param name="Word">Index into the vocabulary.</param>
/// <param name="LogProbability">The word's, given those before it.</param>
/// <param name="Total">Log probability of the caption up to here.</param>
/// <param name="Attention">Weights of the cells (P); null where they are not kept.</param>
internal sealed record Hypothesis(Hypothesis? Before, int Word, float LogProbability, double Total, float[]? Attention)
{
    public static Hypothesis Beginning { get; } = new(null, Vocabulary.Bos, 0, 0, null);

    /// <summary>Words up to here, the end counted.</summary>
    public int Length { get; } = Before is null ? 0 : Before.Length + 1;

    /// <summary>What captions are ranked by, log P / length^a, if <paramref name="more"/> words of probability 1 followed.</summary>
    public double Score(double lengthNormalization, int more = 0) => Total / Math.Pow(Math.Max(1, Length + more), lengthNormalization);

    /// <summary>Indices into the vocabulary, without beginning and end.</summary>
    public List<int> Ids() => [.. Path().Select(h => h.Word).Where(word => word != Vocabulary.Eos)];

    public Caption ToCaption(Vocabulary vocabulary, double lengthNormalization)
    {
        var path = Path();
        var words = path.FindAll(h => h.Word != Vocabulary.Eos);
        var written = vocabulary.Decode(words.Select(h => h.Word));
        return new Caption(
            CaptionFormatter.Format(written), written, [.. words.Select(h => Math.Exp(h.LogProbability))],
            path.Sum(h => (double)h.LogProbability), Score(lengthNormalization),
            words is [{ Attention: not null }, ..] ? [.. words.Select(h => h.Attention!)] : null);
    }

    private List<Hypothesis> Path()
    {
        var path = new List<Hypothesis>(Length);
        for (var at = this; at.Before is not null; at = at.Before) path.Add(at);
        path.Reverse();
        return path;
    }
}

/// <summary>
/// An image as the mean of its grid and that of its mirror image, turned back: differences that the network makes between left and right
/// by chance average out (test-time flipping, Krizhevsky et al., 2012, of embeddings instead of predictions).
/// </summary>
internal static class MirroredGrid
{
    /// <param name="grids">(2N, P, C): N images, then their mirror images in the same order; P cells of a square, row by row.</param>
    /// <returns>(N, P, C), fp32.</returns>
    /// <exception cref="CaptionTLException">The cells do not form a square.</exception>
    public static Tensor Mean(Tensor grids)
    {
        var (images, cells, channels) = (grids.shape[0] / 2, grids.shape[1], grids.shape[2]);
        var side = (long)Math.Round(Math.Sqrt(cells));
        if (side * side != cells)
            throw new CaptionTLException($"A grid of {cells} cells is not a square, so it cannot be averaged with that of the mirror "
                + "image. Set decoding.mirror to false.");
        using var scope = NewDisposeScope();
        var numbers = grids.to(ScalarType.Float32);
        var turned = numbers.narrow(0, images, images).view(images, side, side, channels).flip(2).view(images, cells, channels);
        return numbers.narrow(0, 0, images).add(turned).mul(0.5f).MoveToOuterDisposeScope();
    }
}
