using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>Embeddings ahead of training: captiontl embed.</summary>
internal static class EmbedWork
{
    public static JobOutcome Run(JobOrder order, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var plan = order.Plan!;
        var dataset = DatasetReader.Open(order.DataPath);
        using var cache = EmbeddingCache.Open(order.Embeddings);
        using var encoder = PlannedBackbone.Find(plan, new WeightStore(), order.Precision, progress, cancellation).Encoder(plan.Layer);
        using var embedded = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing)).Embed(EmbeddingItem.Of(dataset.Pictures), plan.Views, "embedding", progress, cancellation);
        return new JobOutcome(new JobResult { Pictures = embedded.Kept.Count, Computed = embedded.Built.Encoded, Skipped = embedded.Built.Skipped.Count });
    }
}
