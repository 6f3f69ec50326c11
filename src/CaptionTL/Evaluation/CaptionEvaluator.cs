using CaptionTL.Heads;
using CaptionTL.Text;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Evaluation;

/// <summary>Captions every picture of a split with free-running search and scores the captions against the references.</summary>
/// <param name="ids">Names of the pictures.</param>
/// <param name="references">Of each picture, as people wrote them.</param>
/// <param name="vocabulary">The decoder's.</param>
/// <param name="options">How words are chosen.</param>
public sealed class CaptionEvaluator(
    IReadOnlyList<string> ids, IReadOnlyList<IReadOnlyList<string>> references, Vocabulary vocabulary, DecodingOptions options)
{
    internal CaptionRules Rules { get; init; } = CaptionRules.None;

    private const int PicturesAtOnce = 64;

    /// <param name="decoder">In inference mode.</param>
    /// <param name="pictures">The split's embeddings; view 0 is captioned, together with view 1, its mirror image, where <see cref="DecodingOptions.Mirror"/> says so.</param>
    /// <param name="features">What becomes of embeddings (N, P, C) before the decoder reads them; nothing when null.</param>
    /// <param name="progress">Pictures done and in all.</param>
    /// <param name="cancellation">Asked between batches.</param>
    public CaptionedSplit Evaluate(
        CaptionDecoder decoder, IPictureEmbeddings pictures, Func<Tensor, Tensor>? features = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var captions = new List<EvaluatedCaption>(ids.Count);
        foreach (var batch in Enumerable.Range(0, ids.Count).Chunk(PicturesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var embeddings = EmbeddingBatch.Gather(pictures, [.. Enumerable.Range(0, options.Views).SelectMany(view => batch.Select(i => (i, view)))]);
            if (features is not null) embeddings = features(embeddings);
            var hypotheses = CaptionSearch.Run(decoder, options.Mirror ? MirroredGrid.Mean(embeddings) : embeddings, options, Rules, cancellation: cancellation);
            for (var i = 0; i < batch.Length; i++)
                captions.Add(new EvaluatedCaption(ids[batch[i]], string.Join(' ', vocabulary.Decode(hypotheses[i][0].Words)), references[batch[i]]));
            progress?.Invoke(captions.Count, ids.Count);
        }
        var scores = CaptionMetrics.Compute(captions.ConvertAll(c => (c.Id, c.Caption, c.References)));
        return new CaptionedSplit(
            scores.Corpus, CaptionDiversity.Of(captions.Select(c => c.Caption.Split(' '))), [.. captions.Zip(scores.Items, (c, item) => c with { CiderD = item.Scores.CiderD })]);
    }
}
