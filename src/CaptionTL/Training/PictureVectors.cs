using CaptionTL.Heads;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

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
