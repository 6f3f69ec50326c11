using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;

namespace CaptionTL.Training;

/// <summary>Pictures of a data set to embeddings in the cache, ready to be read.</summary>
public sealed class PictureEmbedder(EmbeddingCache cache, CnnEncoder encoder, Preprocessor preprocessor)
{
    /// <param name="items">Pictures.</param>
    /// <param name="views">Versions of every picture.</param>
    /// <param name="phase">For progress: what the pictures are.</param>
    /// <param name="progress">Pictures done, and a message for each one skipped.</param>
    /// <param name="cancellation">Finishes the batch at hand; what was computed stays in the cache.</param>
    /// <exception cref="CaptionTLException">None of the pictures can be read.</exception>
    public EmbeddedPictures Embed(
        IReadOnlyList<EmbeddingItem> items, int views, string phase, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var builder = new EmbeddingBuilder(cache, encoder, bytes =>
        {
            var make = preprocessor.Open(bytes);
            return view => make(new AugmentationView(view));
        });
        var report = progress is null ? null : new ImmediateProgress<EmbeddingProgress>(p => progress.Report(new RunProgress(phase, p.Done, p.Total, "pictures")));
        var built = builder.Build(items, views, report, cancellation);
        foreach (var skipped in built.Skipped) progress?.Report(new RunProgress(phase, items.Count, items.Count, "pictures") { Message = $"skipped {skipped.Id}: {skipped.Reason}" });
        var kept = Enumerable.Range(0, items.Count).Where(i => built.Contents[i] is not null).ToList();
        if (kept.Count == 0 && items.Count > 0)
            throw new CaptionTLException($"None of the {items.Count} pictures can be read. The first: {built.Skipped[0].Id}: {built.Skipped[0].Reason}");
        var table = cache.Load([.. kept.SelectMany(i => Enumerable.Range(0, views).Select(view => built.Key(i, encoder, view)))]);
        return new EmbeddedPictures(kept, new CachedPictures(table, views), built);
    }
}
