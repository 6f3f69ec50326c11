using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>The pretrained network that a plan asks for, found on this machine or downloaded.</summary>
/// <param name="Weights">The published weights.</param>
/// <param name="Path">Their file.</param>
/// <param name="Sha256">The file's.</param>
/// <param name="Preprocessing">The weights' own with the plan's size and way of resizing.</param>
/// <param name="Precision">Arithmetic of what is frozen.</param>
public sealed record PlannedBackbone(BackboneWeights Weights, string Path, string Sha256, Preprocessing Preprocessing, Precision Precision)
{
    // Parameters; ResNet-50's 1,000 classes have two million.
    private const long LargestTop = 4_000_000;

    /// <exception cref="CaptionTLException">The weights are neither on this machine nor can they be downloaded.</exception>
    public static PlannedBackbone Find(TransferPlan plan, WeightStore store, Precision precision, IProgress<RunProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var weights = BackboneRegistry.FindWeights(plan.Backbone);
        var downloading = progress is null ? null : new ImmediateProgress<DownloadProgress>(p =>
            progress.Report(new RunProgress($"download {weights.Name}", p.Received, p.Total ?? 0, "bytes")));
        var path = store.EnsureAsync(weights.File, downloading, cancellation).GetAwaiter().GetResult();
        var size = weights.Preprocessing;
        var preprocessing = size with
        {
            Resize = plan.Resize, Width = plan.InputSize ?? size.Width, Height = plan.InputSize ?? size.Height,
        };
        return new PlannedBackbone(weights, path, store.Sha256Of(path), preprocessing, precision);
    }

    /// <summary>The blocks up to a cut, compiled for inference; the caller disposes it.</summary>
    /// <exception cref="CaptionTLException">There is no such block, or the file does not fit.</exception>
    public CnnEncoder Encoder(string? cut) =>
        PretrainedEncoder.Load(Weights, Path, Sha256, Preprocessing, cut, Precision, includeTop: false);

    /// <summary>All blocks with their published weights, to be trained; the caller disposes it.</summary>
    public Backbone Network() => PretrainedEncoder.LoadBackbone(Weights, Path, includeTop: false);

    /// <summary>
    /// The network with its own classes, which it tells from its last block's embeddings; null where embeddings are another block's, or
    /// the top is so large (VGG's has 120 million parameters) that a bundle should not carry it. The caller disposes it.
    /// </summary>
    public NetworkWeights? WithClasses(CnnEncoder encoder)
    {
        if (encoder.Cut != encoder.Weights.Network.LastCut) return null;
        using var file = TensorFile.Open(Path);
        var whole = PretrainedEncoder.LoadWeights(Weights.Architecture, file, Path);
        if (whole.Top.Sum(p => p.Value.numel()) <= LargestTop) return whole;
        whole.Dispose();
        return null;
    }
}

/// <summary>Embeds images into the cache and loads their embeddings from there.</summary>
/// <param name="cache">Missing embeddings are computed into it.</param>
/// <param name="encoder">The frozen network up to a cut.</param>
/// <param name="preprocessor">Prepares the encoder's input.</param>
public sealed class ImageEmbedder(EmbeddingCache cache, CnnEncoder encoder, Preprocessor preprocessor)
{
    /// <param name="items">Images to embed.</param>
    /// <param name="views">Number of versions of every image; view 0 is the image itself, view 1 its mirror image.</param>
    /// <param name="phase">What is done, for progress.</param>
    /// <param name="progress">Images done, and a message for each one skipped.</param>
    /// <param name="cancellation">Finishes the current batch; what was computed stays in the cache.</param>
    /// <exception cref="CaptionTLException">None of the images can be read.</exception>
    public EmbeddedImages Embed(IReadOnlyList<EmbeddingItem> items, int views, string phase, IProgress<RunProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var builder = new EmbeddingBuilder(cache, encoder, bytes =>
        {
            var make = preprocessor.Open(bytes);
            return view => make(new AugmentationView(view));
        });
        var report = progress is null ? null
            : new ImmediateProgress<EmbeddingProgress>(p => progress.Report(new RunProgress(phase, p.Done, p.Total, "images")));
        var built = builder.Build(items, views, report, cancellation);
        foreach (var skipped in built.Skipped)
            progress?.Report(new RunProgress(phase, items.Count, items.Count, "images")
            {
                Message = $"skipped {skipped.Id}: {skipped.Reason}",
            });
        var kept = Enumerable.Range(0, items.Count).Where(i => built.Contents[i] is not null).ToList();
        if (kept.Count == 0 && items.Count > 0)
            throw new CaptionTLException($"None of the {items.Count} images can be read. The first: {built.Skipped[0].Id}: "
                + $"{built.Skipped[0].Reason}");
        var table = cache.Load([.. kept.SelectMany(i => Enumerable.Range(0, views).Select(view => built.Key(i, encoder, view)))]);
        return new EmbeddedImages(kept, new CachedImages(table, views), built);
    }
}

/// <summary>Images that have embeddings.</summary>
/// <param name="Kept">Positions of those that could be read, in order.</param>
/// <param name="Embeddings">In the same order.</param>
/// <param name="Built">What was computed, what was skipped and why.</param>
public sealed record EmbeddedImages(IReadOnlyList<int> Kept, CachedImages Embeddings, EmbeddingBuildResult Built) : IDisposable
{
    public void Dispose() => Embeddings.Dispose();
}
