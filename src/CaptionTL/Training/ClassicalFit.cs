using System.Globalization;
using CaptionTL.Classes;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>Fits a conventional model on cached embeddings; what the plan leaves open is chosen by cross-validation.</summary>
internal static class ClassicalFit
{
    private const int ImagesAtOnce = 256;

    /// <param name="plan">Which model.</param>
    /// <param name="images">Training images; all their views are learned from.</param>
    /// <param name="labels">Class of each image.</param>
    /// <param name="seed">Of the folds.</param>
    /// <param name="progress">Fits done, and what was chosen.</param>
    /// <param name="cancellation">Stops soon.</param>
    public static ClassicalHead Run(
        ClassicalHeadPlan plan, IImageEmbeddings images, int[] labels, ulong seed, IProgress<RunProgress>? progress,
            CancellationToken cancellation)
    {
        var settings = plan.ToSettings();
        settings = settings with { Neighbours = Math.Min(settings.Neighbours, labels.Length) };
        // Folds need two classes of two images; with fewer the default values are used.
        if (plan.IsOpen && labels.CountBy(l => l).Count(c => c.Value > 1) > 1)
        {
            // An image's views would be on both sides of a fold: only the image itself takes part.
            var chosen = CrossValidation.Run(settings, Features(images, plan.Pooling, views: 1), labels,
                new CrossValidationOptions { Folds = plan.Folds, Seed = seed, Grid = plan.ToGrid() },
                (done, total) => progress?.Report(new RunProgress("cross-validation", done, total, "fits")), cancellation);
            settings = chosen.Best.Settings;
            progress?.Report(new RunProgress("cross-validation", 1, 1,
                "fits") { Message = string.Create(CultureInfo.InvariantCulture,
                    $"chosen: {FormattableString.Invariant(Chosen(settings))} (accuracy "
                + $"{chosen.Best.Accuracy:0.000} in {chosen.Folds}-fold cross-validation)") });
        }
        var all = Features(images, plan.Pooling, images.Views);
        return ClassicalHead.Fit(settings, all, [.. labels.SelectMany(l => Enumerable.Repeat(l, images.Views))], cancellation);
    }

    private static FormattableString Chosen(ClassicalSettings settings) => settings.Kind switch
    {
        ClassicalKind.KernelSvm => $"C = {settings.C}, gamma = {settings.GammaScale} / (features · variance)",
        ClassicalKind.NearestNeighbours => $"{settings.Neighbours} neighbours",
        _ => $"C = {settings.C}",
    };

    private static FeatureMatrix Features(IImageEmbeddings images, Pooling pooling, int views)
    {
        var rows = Enumerable.Range(0, images.Images).SelectMany(p => Enumerable.Range(0, views).Select(v => (p, v))).ToList();
        var (values, columns) = (new List<float>(), 0);
        foreach (var batch in rows.Chunk(ImagesAtOnce))
        {
            using var embeddings = EmbeddingBatch.Gather(images, batch);
            var features = ClassicalClassHead.Features(embeddings, pooling);
            columns = features.Columns;
            values.AddRange(features.Values);
        }
        return new FeatureMatrix([.. values], rows.Count, columns);
    }
}
