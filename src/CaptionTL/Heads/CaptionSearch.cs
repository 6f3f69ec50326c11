using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>Beam search or sampling, whichever the options ask for.</summary>
public static class CaptionSearch
{
    /// <summary>Captions of a batch, best first, for each picture.</summary>
    /// <param name="decoder">In inference mode.</param>
    /// <param name="embeddings">(N, P, C).</param>
    /// <param name="options">How words are chosen.</param>
    /// <param name="withAttention">Keep the attention of every word.</param>
    /// <param name="leading">Told after each word of a picture and the words that lead so far.</param>
    public static IReadOnlyList<IReadOnlyList<CaptionHypothesis>> Run(
        CaptionDecoder decoder, Tensor embeddings, DecodingOptions options, bool withAttention = false, Action<int, IReadOnlyList<int>>? leading = null) =>
        options.TopP is null
            ? new BeamSearch(decoder, options).Search(embeddings, withAttention, leading)
            : new NucleusSampler(decoder, options).Sample(embeddings, withAttention, leading);
}
