using CaptionTL.Heads.Things;
using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>
/// Batched beam search: of every picture the <see cref="DecodingOptions.Beam"/> likeliest unfinished captions are kept and
/// lengthened word by word. A picture is done when no unfinished caption can still overtake its finished ones.
/// </summary>
/// <param name="decoder">In inference mode.</param>
/// <param name="options">Validated here.</param>
public sealed class BeamSearch(CaptionDecoder decoder, DecodingOptions options)
{
    private readonly DecodingOptions _options = options.Validated();

    /// <summary>What each picture's captions are told before they are written; null where nothing is.</summary>
    internal IReadOnlyList<CaptionCue>? Cues { get; init; }

    /// <summary>Words after which no caption ends.</summary>
    internal IReadOnlySet<int> InnerWords { get; init; } = CaptionRules.None.InnerWords;

    /// <summary>Captions of a batch, best first, <see cref="DecodingOptions.NBest"/> for each picture.</summary>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of a picture and its likeliest unfinished caption, which later words may still overtake.</param>
    /// <param name="cancellation">Looked at before every word.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for the captions any more.</exception>
    public IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Search(Tensor embeddings, bool withAttention = false, Action<int, IReadOnlyList<int>>? leading = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var beam = _options.Beam;
        var everything = decoder.Memory(embeddings);
        var memory = everything;
        var state = decoder.Start(memory, beam);
        var searches = Enumerable.Range(0, (int)embeddings.shape[0]).Select(i => new PictureSearch(i, _options, InnerWords, Cues?[i])).ToList();
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
                foreach (var search in active.Where(s => !s.Done)) leading(search.Picture, search.Leading);

            var going = Enumerable.Range(0, active.Count).Where(i => !active[i].Done).ToList();
            var rows = tensor(going.SelectMany(i => active[i].Parents.Select(p => (long)i * beam + p)).ToArray());
            var next = new DecoderState(step.State.Hidden.index_select(0, rows), step.State.Cell.index_select(0, rows));
            if (going.Count < active.Count)
            {
                active = [.. going.Select(i => active[i])];
                var remaining = tensor(active.Select(s => (long)s.Picture).ToArray());
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
    private static void Ban(Tensor logProbabilities, List<PictureSearch> active)
    {
        var vocabulary = logProbabilities.shape[1];
        var banned = active.SelectMany((search, i) => search.RuledOut().Select(r => ((long)i * search.Beam + r.Row) * vocabulary + r.Word)).ToArray();
        if (banned.Length == 0) return;
        using var flat = logProbabilities.view(-1);
        using var index = tensor(banned);
        flat.index_fill_(0, index, float.NegativeInfinity);
    }
}
