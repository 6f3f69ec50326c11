using CaptionTL.Heads.Things;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>Beam search or sampling, whichever the options ask for, and a second time where the network below contradicts.</summary>
public static class CaptionSearch
{
    /// <summary>Captions of a batch, best first, for each picture.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="options">How words are chosen.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of a picture and the words that lead so far.</param>
    /// <param name="cancellation">Looked at before every word.</param>
    public static IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Run(
        CaptionDecoder decoder, Tensor embeddings, DecodingOptions options, bool withAttention = false, Action<int, IReadOnlyList<int>>? leading = null,
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
        var doubts = things.Doubts(embeddings, [.. found.Select(f => f[0].Words)]).Where(d => d.Value.Beginning.Count < options.MaxLength).ToDictionary();
        if (doubts.Count == 0) return found;
        using var scope = NewDisposeScope();
        var pictures = doubts.Keys.Order().ToList();
        var again = Search(
            embeddings.index_select(0, tensor(pictures.ConvertAll(p => (long)p).ToArray())),
            leading is null ? null : (at, words) => leading(pictures[at], words), [.. pictures.Select(p => doubts[p])]);
        return [.. found.Select((first, picture) => doubts.ContainsKey(picture) ? again[pictures.IndexOf(picture)] : first)];

        IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Search(Tensor of, Action<int, IReadOnlyList<int>>? tell, IReadOnlyList<CaptionCue>? cues) =>
            options.TopP is null
                ? new BeamSearch(decoder, options) { Cues = cues, InnerWords = rules.InnerWords }.Search(of, withAttention, tell, cancellation)
                : new NucleusSampler(decoder, options) { Cues = cues, InnerWords = rules.InnerWords }.Sample(of, withAttention, tell, cancellation);
    }
}
