using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Compares new pictures with known ones, by the cosine of averaged embeddings. With a plan's pretrained network up to the layer that its
/// head reads (<see cref="PlannedBackbone"/>), a run has left the embeddings of the pictures it learned from in the cache. One caller at a
/// time.
/// </summary>
public sealed class PictureNeighbours : IDisposable
{
    private readonly CnnEncoder _encoder;
    private readonly IReadOnlyList<int> _positions;
    private readonly Tensor _vectors; // (N, C), each of Euclidean length 1

    private PictureNeighbours(CnnEncoder encoder, IReadOnlyList<int> positions, Tensor vectors)
    {
        (_encoder, _positions, _vectors) = (encoder, positions, vectors);
        Preprocessor = new Preprocessor(encoder.Preprocessing);
    }

    /// <summary>Makes what <see cref="Rank"/> takes.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary>Pictures that new ones are compared with.</summary>
    public int Count => _positions.Count;

    /// <param name="encoder">What compares; disposed with the result, or where there is none.</param>
    /// <param name="pictures">To be compared with; what cannot be read is left out.</param>
    /// <param name="cache">Of embeddings; what is missing there is computed and kept.</param>
    /// <param name="cancellation">Ends the work; what was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">No picture can be read.</exception>
    public static PictureNeighbours Open(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> pictures, EmbeddingCache cache,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        try
        {
            using var embedded = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
                .Embed(pictures, views: 1, "embedding", cancellation: cancellation);
            return new PictureNeighbours(encoder, embedded.Kept, PictureVectors.Of(embedded.Embeddings, cancellation));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Every picture by its position in the list it was opened with, and its cosine similarity (-1 to 1); the most similar first.
    /// </summary>
    /// <param name="picture">Of the network's size.</param>
    public IReadOnlyList<(int Picture, double Similarity)> Rank(RgbImage picture)
    {
        using var scope = NewDisposeScope();
        var similarities = _vectors.matmul(PictureVectors.Of(_encoder.Encode([picture])).t()).data<float>().ToArray(); // (N, 1)
        return [.. similarities.Select((similarity, i) => (_positions[i], (double)similarity)).OrderByDescending(p => p.Item2)];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _vectors.Dispose();
    }
}

/// <summary>One vector a picture, to compare pictures with each other.</summary>
public static class PictureVectors
{
    private const int PicturesAtOnce = 128;

    /// <summary>(N, C), fp32: each picture's average over the cells, brought to Euclidean length 1. The caller disposes it.</summary>
    /// <param name="pictures">Of each the first view is taken.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    public static Tensor Of(IPictureEmbeddings pictures, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        using var scope = NewDisposeScope();
        var vectors = empty(pictures.Pictures, pictures.Channels);
        foreach (var block in Enumerable.Range(0, pictures.Pictures).Chunk(PicturesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            vectors.narrow(0, block[0], block.Length).copy_(Of(EmbeddingBatch.Gather(pictures, [.. block.Select(i => (i, 0))])));
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

/// <summary>Pictures of a data set that a pretrained network takes for nearly the same: mirrored, cropped, compressed again.</summary>
public static class NearDuplicates
{
    // View 0 of this plan is what training caches too.
    private static readonly TransferPlan Default = PlanPresets.Caption with { Views = 1 };

    /// <summary>The weights that compare, unless others are named.</summary>
    public static string DefaultBackbone => Default.Backbone;

    /// <param name="dataset">Any.</param>
    /// <param name="cache">Where embeddings are kept.</param>
    /// <param name="threshold">Least cosine similarity of two pictures that count as nearly the same
    /// (<see cref="NearDuplicateFinder.DefaultThreshold"/>).</param>
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
        var groups = NearDuplicateFinder.Find(items, vectors, threshold, done =>
            progress?.Report(new RunProgress("comparing", done, items.Count, "pictures")), cancellation);
        return new NearDuplicateReport(planned.Weights.Name, threshold, groups);
    }
}
