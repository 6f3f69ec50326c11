using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Embeddings;

/// <summary>
/// Compares new images with known ones, by the cosine of averaged embeddings. With a plan's pretrained network up to the layer that its
/// head reads (<see cref="PlannedBackbone"/>), a run has left the embeddings of the images it learned from in the cache. One caller at a
/// time.
/// </summary>
public sealed class ImageNeighbours : IDisposable
{
    private readonly CnnEncoder _encoder;
    private readonly IReadOnlyList<int> _positions;
    private readonly Tensor _vectors; // (N, C), each of Euclidean length 1

    private ImageNeighbours(CnnEncoder encoder, IReadOnlyList<int> positions, Tensor vectors)
    {
        (_encoder, _positions, _vectors) = (encoder, positions, vectors);
        Preprocessor = new Preprocessor(encoder.Preprocessing);
    }

    /// <summary>Prepares images for <see cref="Rank"/>.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary>Number of images that new ones are compared with.</summary>
    public int Count => _positions.Count;

    /// <param name="encoder">Computes the embeddings; disposed with the result, or where this fails.</param>
    /// <param name="images">Known images; those that cannot be read are left out.</param>
    /// <param name="cache">Missing embeddings are computed into it.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">No image can be read.</exception>
    public static ImageNeighbours Open(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> images, EmbeddingCache cache,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        try
        {
            using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
                .Embed(images, views: 1, "embedding", cancellation: cancellation);
            return new ImageNeighbours(encoder, embedded.Kept, ImageVectors.Of(embedded.Embeddings, cancellation));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Every image by its position in the list it was opened with, and its cosine similarity (-1 to 1); the most similar first.
    /// </summary>
    /// <param name="image">In the network's input size.</param>
    public IReadOnlyList<(int Image, double Similarity)> Rank(RgbImage image)
    {
        using var scope = NewDisposeScope();
        var similarities = _vectors.matmul(ImageVectors.Of(_encoder.Encode([image])).t()).data<float>().ToArray(); // (N, 1)
        return [.. similarities.Select((similarity, i) => (_positions[i], (double)similarity)).OrderByDescending(p => p.Item2)];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _vectors.Dispose();
    }
}

/// <summary>One vector per image, for comparing images.</summary>
public static class ImageVectors
{
    private const int ImagesAtOnce = 128;

    /// <summary>(N, C), fp32: each image's average over the cells, brought to Euclidean length 1. The caller disposes it.</summary>
    /// <param name="images">The first view of each is used.</param>
    /// <param name="cancellation">Checked between blocks.</param>
    public static Tensor Of(IImageEmbeddings images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        var vectors = empty(images.Images, images.Channels);
        foreach (var block in Enumerable.Range(0, images.Images).Chunk(ImagesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            vectors.narrow(0, block[0], block.Length).copy_(Of(EmbeddingBatch.Gather(images, [.. block.Select(i => (i, 0))])));
        }
        return vectors.MoveToOuterDisposeScope();
    }

    /// <summary>(N, C), fp32, as above, of grids (N, P, C) of any type. The caller disposes it.</summary>
    public static Tensor Of(Tensor grids)
    {
        using var scope = NewDisposeScope();
        var pooled = FeaturePooling.Pool(grids.to(ScalarType.Float32), Pooling.Average);
        return (pooled / pooled.norm(1, keepdim: true).clamp_min(1e-12)).MoveToOuterDisposeScope();
    }
}

/// <summary>Finds images of a data set that a pretrained network sees as nearly the same: mirrored, cropped or compressed again.</summary>
public static class NearDuplicates
{
    // Training caches view 0 of this plan too.
    private static readonly TransferPlan Default = PlanPresets.Caption with { Views = 1 };

    /// <summary>Name of the weights that are used by default.</summary>
    public static string DefaultBackbone => Default.Backbone;

    /// <param name="dataset">Any.</param>
    /// <param name="cache">Missing embeddings are computed into it.</param>
    /// <param name="threshold">Lowest cosine similarity of two images that count as nearly the same
    /// (<see cref="NearDuplicateFinder.DefaultThreshold"/>).</param>
    /// <param name="backbone">Pretrained weights; null for <see cref="DefaultBackbone"/>.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    /// <param name="progress">Phases "embedding" and "comparing", in images.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">The weights are not available, or no image can be read.</exception>
    public static NearDuplicateReport Find(
        Dataset dataset, EmbeddingCache cache, double threshold, string? backbone = null, Precision precision = Precision.Auto,
        IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(cache);
        var plan = Default with { Backbone = backbone ?? DefaultBackbone };
        var planned = PlannedBackbone.Find(plan, new WeightStore(), precision, progress, cancellation);
        using var encoder = planned.Encoder(plan.Layer);
        using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(EmbeddingItem.Of(dataset.Images), plan.Views, "embedding", progress, cancellation);
        using var vectors = ImageVectors.Of(embedded.Embeddings, cancellation);
        var items = embedded.Kept.Select(i => dataset.Images[i]).ToList();
        var groups = NearDuplicateFinder.Find(items, vectors, threshold, done =>
            progress?.Report(new RunProgress("comparing", done, items.Count, "images")), cancellation);
        return new NearDuplicateReport(planned.Weights.Name, threshold, groups);
    }
}
