using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>Fits a conventional model on cached embeddings; what the plan leaves open is chosen by cross-validation.</summary>
internal static class ClassicalTraining
{
    private const int ImagesAtOnce = 256;

    /// <summary>Fits and scores the model, and leaves the run's report in its folder.</summary>
    /// <param name="plan">Its head says which model, its seed decides the folds.</param>
    /// <param name="data">Labels of the training images; all views of these are learned from.</param>
    /// <param name="embeddings">At the head's layer.</param>
    /// <param name="run">Receives the report.</param>
    /// <param name="progress">Fits done, and what was chosen.</param>
    /// <param name="cancellation">Checked between fits and between batches.</param>
    public static TrainedHead Fit(TransferPlan plan, TrainingData data, SplitEmbeddings embeddings, RunFolder run,
        IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var head = (ClassicalHeadPlan)plan.Head;
        var (images, labels) = (embeddings.Train, data.Labels);
        var settings = Choose(head, (ulong)plan.Seed, images, labels, progress, cancellation);
        var features = Features(images, head.Pooling, images.Views);
        var model = ClassicalHead.Fit(settings, features, [.. labels.SelectMany(l => Enumerable.Repeat(l, images.Views))], cancellation);
        var result = new ClassEvaluator(data.Classes, [.. data.Dev.Cast<LabelledItem>()])
            .Evaluate(new ClassicalClassHead(model, head.Pooling), embeddings.Dev, cancellation: cancellation);
        using var file = new MemoryStream();
        model.Write(file);
        return ClassTraining.Save(result, run, data.Dataset.Name, new TrainingState { Finished = true }, file.ToArray());
    }

    private static ClassicalSettings Choose(ClassicalHeadPlan plan, ulong seed, IImageEmbeddings images, int[] labels,
        IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var settings = plan.ToSettings();
        settings = settings with { Neighbours = Math.Min(settings.Neighbours, labels.Length) };
        // Folds need two classes of two images; with fewer the default values are used.
        if (!plan.IsOpen || labels.CountBy(l => l).Count(c => c.Value > 1) < 2) return settings;
        // An image's views would be on both sides of a fold: only the image itself takes part.
        var options = new CrossValidationOptions { Folds = plan.Folds, Seed = seed, Grid = plan.ToGrid() };
        var chosen = CrossValidation.Run(settings, Features(images, plan.Pooling, views: 1), labels, options,
            (done, total) => progress?.Report(new RunProgress("cross-validation", done, total, "fits")), cancellation);
        (settings, var accuracy) = (chosen.Best.Settings, chosen.Best.Accuracy);
        progress?.Report(new RunProgress("cross-validation", 1, 1, "fits")
        {
            Message = FormattableString.Invariant($"chosen: {Describe(settings)} (accuracy {accuracy:0.000} in {chosen.Folds}-fold ")
                + "cross-validation)",
        });
        return settings;
    }

    private static string Describe(ClassicalSettings settings) => FormattableString.Invariant(settings.Kind switch
    {
        ClassicalKind.KernelSvm => $"C = {settings.C}, gamma = {settings.GammaScale} / (features · variance)",
        ClassicalKind.NearestNeighbours => $"{settings.Neighbours} neighbours",
        _ => $"C = {settings.C}",
    });

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
