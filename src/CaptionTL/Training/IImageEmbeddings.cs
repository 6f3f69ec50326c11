using System.Runtime.InteropServices;
using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>Embeddings of the images of a split, several views of each.</summary>
public interface IImageEmbeddings
{
    int Images { get; }

    /// <summary>Of each image; where they are made on demand there is no end to them.</summary>
    int Views { get; }

    /// <summary>Cells of the grid.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>Copies one embedding, (cells, channels) row by row. Safe to call from several threads.</summary>
    void CopyTo(int image, int view, Span<Half> destination);

    /// <summary>Copies the embeddings of a batch, one after the other; called from one thread at a time.</summary>
    void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        for (var i = 0; i < rows.Count; i++) CopyTo(rows[i].Image, rows[i].View, destination.Slice(i * size, size));
    }
}

/// <summary>The embeddings of a split as they lie in the cache, mapped into memory.</summary>
/// <param name="table">Row image · views + view.</param>
/// <param name="views">Of every image.</param>
public sealed class CachedImages(EmbeddingTable table, int views) : IImageEmbeddings, IDisposable
{
    public int Images => table.Count / views;

    public int Views => views;

    public int Cells => table.Cells;

    public int Channels => table.Channels;

    public void CopyTo(int image, int view, Span<Half> destination) => table[image * views + view].CopyTo(destination);

    public void Dispose() => table.Dispose();
}

/// <summary>
/// Embeddings that are computed when they are asked for, each view another random version of the image. Which one depends on the
/// image's content, the view's number and the augmentation's seed alone. Nothing is kept.
/// </summary>
/// <param name="items">Images that can be read.</param>
/// <param name="encoder">The frozen network up to a cut; owned from here on.</param>
/// <param name="augmentation">How the versions differ.</param>
public sealed class LiveImages(IReadOnlyList<EmbeddingItem> items, CnnEncoder encoder, Augmentation augmentation)
    : IImageEmbeddings, IDisposable
{
    // Of the network, whose memory grows with it.
    private const int ImagesAtOnce = 32;

    private readonly Lock _encoding = new();
    private readonly ImageReader _reader = new();
    private readonly Preprocessor _preprocessor = new(encoder.Preprocessing, augmentation);

    public int Images => items.Count;

    public int Views => int.MaxValue;

    public int Cells => encoder.Cells;

    public int Channels => encoder.Channels;

    /// <exception cref="CaptionTLException">The image cannot be read any more.</exception>
    public void CopyTo(int image, int view, Span<Half> destination) => CopyTo([(image, view)], destination);

    /// <summary>Images are read and decoded on all cores, then computed together.</summary>
    /// <exception cref="CaptionTLException">An image cannot be read any more.</exception>
    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        var done = 0;
        foreach (var images in ReadAhead.Select(rows, ImagesAtOnce, r => Prepare(r.Image, r.View)).Chunk(ImagesAtOnce))
        {
            lock (_encoding) encoder.Encode(images, destination.Slice(done * size, images.Length * size));
            done += images.Length;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        encoder.Dispose();
    }

    private RgbImage Prepare(int image, int view)
    {
        try
        {
            // Views 0 and 1 are the image and its mirror image.
            return _preprocessor.Prepare(_reader.Read(items[image].Source), new AugmentationView(2 + view % (int.MaxValue - 2)));
        }
        catch (CaptionTLException e)
        {
            throw new CaptionTLException($"{items[image].Id} could be read when the run began and cannot be read now: {e.Message}. "
                + $"Put it back and start again.", inner: e);
        }
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

/// <summary>Embeddings as a tensor.</summary>
internal static class EmbeddingBatch
{
    /// <summary>(N, P, C), fp16, in the order asked for.</summary>
    /// <param name="images">Where they are.</param>
    /// <param name="rows">Image and view.</param>
    public static Tensor Gather(IImageEmbeddings images, IReadOnlyList<(int Image, int View)> rows)
    {
        using var batch = empty(rows.Count, images.Cells, images.Channels, dtype: ScalarType.Float16, device: CPU);
        images.CopyTo(rows, MemoryMarshal.Cast<byte, Half>(batch.bytes));
        return batch.to(get_default_device());
    }
}
