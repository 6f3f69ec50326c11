using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Batched beam search: of every image the <see cref="DecodingOptions.Beam"/> likeliest unfinished captions are kept and
/// lengthened word by word. An image is done when no unfinished caption can still overtake its finished ones.
/// </summary>
/// <param name="decoder">In inference mode.</param>
/// <param name="options">Validated here.</param>
public sealed class BeamSearch(CaptionDecoder decoder, DecodingOptions options)
{
    private readonly DecodingOptions _options = options.Validated();

    /// <summary>What each image's captions are told before they are written; null where nothing is.</summary>
    internal IReadOnlyList<CaptionCue>? Cues { get; init; }

    /// <summary>Words after which no caption ends.</summary>
    internal IReadOnlySet<int> InnerWords { get; init; } = CaptionRules.None.InnerWords;

    /// <summary>Captions of a batch, best first, <see cref="DecodingOptions.NBest"/> for each image.</summary>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of an image and its likeliest unfinished caption, which later words may still
    /// overtake.</param>
    /// <param name="cancellation">Looked at before every word.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for the captions any more.</exception>
    public IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Search(Tensor embeddings, bool withAttention = false,
        Action<int, IReadOnlyList<int>>? leading = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var beam = _options.Beam;
        var everything = decoder.Memory(embeddings);
        var memory = everything;
        var state = decoder.Start(memory, beam);
        var searches = Enumerable.Range(0, (int)embeddings.shape[0])
            .Select(i => new ImageSearch(i, _options, InnerWords, Cues?[i])).ToList();
        var active = searches;
        var allowed = AllowedWords(mayEnd: true);
        var allowedButEnd = AllowedWords(mayEnd: false);
        for (var length = 0; active.Count > 0; length++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var previous = tensor(active.SelectMany(s => s.LastWords).ToArray());
            var step = decoder.Step(memory, decoder.WordGates(previous), state);
            var logProbabilities = decoder.Scores(step.Seen).log_softmax(1) + (length < _options.MinLength ? allowedButEnd : allowed);
            Ban(logProbabilities, active);
            var totals = tensor(active.SelectMany(s => s.Totals).ToArray()).unsqueeze(1) + logProbabilities;
            // Twice the beam: even if half of the candidates end here, enough stay to fill it.
            var vocabulary = logProbabilities.shape[1];
            var (values, indices) = totals.view(active.Count, -1).topk((int)Math.Min(2 * beam, beam * vocabulary), 1);
            var candidates = new Candidates(
                values.data<float>().ToArray(), indices.data<long>().ToArray(), (int)values.shape[1], (int)vocabulary,
                withAttention && step.Attention is not null ? step.Attention.data<float>().ToArray() : null, decoder.Options.Cells);
            for (var i = 0; i < active.Count; i++) active[i].Advance(candidates, i, length);

            if (leading is not null)
                foreach (var search in active.Where(s => !s.Done)) leading(search.Image, search.Leading);

            var going = Enumerable.Range(0, active.Count).Where(i => !active[i].Done).ToList();
            var rows = tensor(going.SelectMany(i => active[i].Parents.Select(p => (long)i * beam + p)).ToArray());
            var next = new DecoderState(step.State.Hidden.index_select(0, rows), step.State.Cell.index_select(0, rows));
            if (going.Count < active.Count)
            {
                active = [.. going.Select(i => active[i])];
                var remaining = tensor(active.Select(s => (long)s.Image).ToArray());
                if (!ReferenceEquals(memory, everything)) memory.Dispose();
                memory = everything.Select(remaining).MoveToOuterDisposeScope();
            }
            state.Dispose();
            state = new DecoderState(next.Hidden.MoveToOuterDisposeScope(), next.Cell.MoveToOuterDisposeScope());
        }
        return [.. searches.Select(s => s.Best(_options.NBest))];
    }

    // 0 where a word may come next, −∞ where not: (V).
    private Tensor AllowedWords(bool mayEnd)
    {
        var mask = new float[decoder.Options.VocabularySize];
        foreach (var never in (int[])[Vocabulary.Pad, Vocabulary.Bos, Vocabulary.Unk]) mask[never] = float.NegativeInfinity;
        if (!mayEnd) mask[Vocabulary.Eos] = float.NegativeInfinity;
        return tensor(mask);
    }

    // Rules out the words that would repeat what is there already, or that a cue bans, and ends where none is.
    private static void Ban(Tensor logProbabilities, List<ImageSearch> active)
    {
        var vocabulary = logProbabilities.shape[1];
        var banned = active.SelectMany((search, i) => search.RuledOut().Select(r => ((long)i * search.Beam + r.Row) * vocabulary + r.Word))
            .ToArray();
        if (banned.Length == 0) return;
        using var flat = logProbabilities.view(-1);
        using var index = tensor(banned);
        flat.index_fill_(0, index, float.NegativeInfinity);
    }
}

/// <summary>The likeliest continuations of a batch at one step, as they come from the network.</summary>
/// <param name="Totals">Log probabilities of the captions so far, (images, <paramref name="Width"/>), descending.</param>
/// <param name="Indices">beam · vocabulary + word, same shape.</param>
/// <param name="Width">Candidates an image.</param>
/// <param name="Vocabulary">Words.</param>
/// <param name="Attention">(images · beams, <paramref name="Cells"/>), or null.</param>
/// <param name="Cells">Cells of the grid.</param>
internal sealed record Candidates(float[] Totals, long[] Indices, int Width, int Vocabulary, float[]? Attention, int Cells);

/// <summary>A caption that decoding came up with.</summary>
/// <param name="Words">Indices into the vocabulary, without beginning and end.</param>
/// <param name="WordLogProbabilities">Natural logarithms, one a word and one for the end (absent where the maximum length cut the
/// caption).</param>
/// <param name="Score">What hypotheses are ranked by: log P / length^a.</param>
/// <param name="Attention">For every word the weights of the grid's cells; null without attention or when not asked for.</param>
public sealed record CaptionHypothesis(
    IReadOnlyList<int> Words, IReadOnlyList<float> WordLogProbabilities, double Score, IReadOnlyList<float[]>? Attention)
{
    /// <summary>Natural logarithm of the caption's probability.</summary>
    public double LogProbability => WordLogProbabilities.Sum(p => (double)p);
}

/// <summary>What is known of good captions besides the decoder.</summary>
/// <param name="Things">Holds captions against the pretrained network's own classes; null where these are not at hand.</param>
/// <param name="InnerWords">Ids of words after which no caption ends (see <see cref="CaptionEndings"/>).</param>
internal sealed record CaptionRules(ThingCheck? Things, IReadOnlySet<int> InnerWords)
{
    public static CaptionRules None { get; } = new(null, new HashSet<int>());

    /// <summary>Words that the decoder cannot write are left out.</summary>
    public static CaptionRules Of(ThingCheck? things, Vocabulary vocabulary, IEnumerable<string>? innerWords) =>
        new(things, (innerWords ?? []).Where(vocabulary.Contains).Select(vocabulary.IdOf).ToHashSet());
}

/// <summary>Beam search or sampling, whichever the options ask for, and a second time where the network below contradicts.</summary>
public static class CaptionSearch
{
    /// <summary>Captions of a batch, best first, for each image.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="options">How words are chosen.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of an image and the words that lead so far.</param>
    /// <param name="cancellation">Looked at before every word.</param>
    public static IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Run(
        CaptionDecoder decoder, Tensor embeddings, DecodingOptions options, bool withAttention = false,
            Action<int, IReadOnlyList<int>>? leading = null,
        CancellationToken cancellation = default) =>
        Run(decoder, embeddings, options, CaptionRules.None, withAttention, leading, cancellation);

    /// <inheritdoc cref="Run(CaptionDecoder, Tensor, DecodingOptions, bool, Action{int, IReadOnlyList{int}}?, CancellationToken)"/>
    /// <param name="rules">Its things are checked where <see cref="DecodingOptions.CheckThings"/> says so.</param>
    internal static IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Run(
        CaptionDecoder decoder, Tensor embeddings, DecodingOptions options, CaptionRules rules, bool withAttention = false,
        Action<int, IReadOnlyList<int>>? leading = null, CancellationToken cancellation = default)
    {
        var found = Search(embeddings, leading, cues: null);
        if (rules.Things is not { } things || !options.CheckThings) return found;
        // A caption that is over before it has begun says less than the one that is doubted.
        var doubts = things.Doubts(embeddings, [.. found.Select(f => f[0].Words)]).Where(d => d.Value.Beginning.Count < options.MaxLength)
            .ToDictionary();
        if (doubts.Count == 0) return found;
        using var scope = NewDisposeScope();
        var images = doubts.Keys.Order().ToList();
        var again = Search(
            embeddings.index_select(0, tensor(images.ConvertAll(p => (long)p).ToArray())),
            leading is null ? null : (at, words) => leading(images[at], words), [.. images.Select(p => doubts[p])]);
        return [.. found.Select((first, image) => doubts.ContainsKey(image) ? again[images.IndexOf(image)] : first)];

        IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Search(Tensor of, Action<int, IReadOnlyList<int>>? tell,
            IReadOnlyList<CaptionCue>? cues) =>
            options.TopP is null
                ? new BeamSearch(decoder, options) { Cues = cues, InnerWords = rules.InnerWords }
                .Search(of, withAttention, tell, cancellation)
                : new NucleusSampler(decoder, options) { Cues = cues, InnerWords = rules.InnerWords }
                .Sample(of, withAttention, tell, cancellation);
    }
}
