using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>Pictures of a data set that a pretrained network takes for nearly the same: mirrored, cropped, compressed again.</summary>
public static class NearDuplicates
{
    // View 0 of this plan is what training caches too.
    private static readonly TransferPlan Default = PlanPresets.Caption with { Views = 1 };

    /// <summary>The weights that compare, unless others are named.</summary>
    public static string DefaultBackbone => Default.Backbone;

    /// <param name="dataset">Any.</param>
    /// <param name="cache">Where embeddings are kept.</param>
    /// <param name="threshold">Least cosine similarity of two pictures that count as nearly the same (<see cref="NearDuplicateFinder.DefaultThreshold"/>).</param>
    /// <param name="backbone">Pretrained weights; null for <see cref="DefaultBackbone"/>.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    /// <param name="progress">Phases "embedding" and "comparing", in pictures.</param>
    /// <param name="cancellation">Ends the search; what was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">The weights are not to be had, or no picture can be read.</exception>
    public static NearDuplicateReport Find(
        Dataset dataset, EmbeddingCache cache, double threshold, string? backbone = null, Precision precision = Precision.Auto,
        IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(cache);
        var plan = Default with { Backbone = backbone ?? DefaultBackbone };
        var planned = PlannedBackbone.Find(plan, new WeightStore(), precision, progress, cancellation);
        using var encoder = planned.Encoder(plan.Layer);
        using var embedded = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(EmbeddingItem.Of(dataset.Pictures), plan.Views, "embedding", progress, cancellation);
        using var vectors = PictureVectors.Of(embedded.Embeddings, cancellation);
        var items = embedded.Kept.Select(i => dataset.Pictures[i]).ToList();
        var groups = NearDuplicateFinder.Find(items, vectors, threshold, done => progress?.Report(new RunProgress("comparing", done, items.Count, "pictures")), cancellation);
        return new NearDuplicateReport(planned.Weights.Name, threshold, groups);
    }
}
