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

    /// <summary>Views of each image; <see cref="int.MaxValue"/> where they are computed on demand.</summary>
    int Views { get; }

    /// <summary>Cells of the grid.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>Copies embeddings, (rows, cells, channels) in row-major order; called from one thread at a time.</summary>
    void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination);
}

/// <summary>The embeddings of a split as they lie in the cache, mapped into memory.</summary>
/// <param name="table">Row image · views + view.</param>
/// <param name="views">Number of views of every image.</param>
public sealed class CachedImages(EmbeddingTable table, int views) : IImageEmbeddings, IDisposable
{
    public int Images => table.Count / views;

    public int Views => views;

    public int Cells => table.Cells;

    public int Channels => table.Channels;

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination) =>
        table.Gather([.. rows.Select(r => r.Image * views + r.View)], destination);

    public void Dispose() => table.Dispose();
}

/// <summary>
/// Online augmentation: embeddings that are computed when they are asked for, each view another random version of the image. Which one
/// depends on the image's content, the view's number and the augmentation's seed alone. Nothing is kept.
/// </summary>
/// <param name="items">Images that can be read.</param>
/// <param name="encoder">The frozen network up to a cut; owned from here on.</param>
/// <param name="augmentation">How the versions differ.</param>
public sealed class OnlineImages(IReadOnlyList<EmbeddingItem> items, CnnEncoder encoder, Augmentation augmentation)
    : IImageEmbeddings, IDisposable
{
    // The network's memory grows with it.
    private const int ImagesAtOnce = 32;

    private readonly ImageReader _reader = new();
    private readonly Preprocessor _preprocessor = new(encoder.Preprocessing, augmentation);

    public int Images => items.Count;

    public int Views => int.MaxValue;

    public int Cells => encoder.Cells;

    public int Channels => encoder.Channels;

    /// <summary>Images are read and decoded on all cores, then computed together.</summary>
    /// <exception cref="CaptionTLException">An image cannot be read any more.</exception>
    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        var done = 0;
        foreach (var images in ReadAhead.Select(rows, ImagesAtOnce, r => Prepare(r.Image, r.View)).Chunk(ImagesAtOnce))
        {
            encoder.Encode(images, destination.Slice(done * size, images.Length * size));
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
                + "Put it back and start again.", inner: e);
        }
    }
}

/// <summary>Embeddings of images in the place of others, the same ones in every view.</summary>
/// <param name="images">Whose embeddings are read.</param>
/// <param name="places">The image read for each image; an image may be read for several.</param>
public sealed class MappedImages(IImageEmbeddings images, IReadOnlyList<int> places) : IImageEmbeddings
{
    public int Images => places.Count;

    public int Views => images.Views;

    public int Cells => images.Cells;

    public int Channels => images.Channels;

    /// <summary>
    /// The shuffled-image baseline: every image has the embeddings of another one, the same other at every cut and in every view. What a
    /// head learns from these it learns without seeing the image, from the captions or labels alone.
    /// </summary>
    /// <param name="images">In their own order.</param>
    /// <param name="seed">Decides which image stands for which.</param>
    /// <exception cref="CaptionTLException">There is only one image.</exception>
    public static MappedImages Shuffled(IImageEmbeddings images, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Images == 1)
            throw new CaptionTLException("The shuffled-image baseline gives each image the embedding of another one of its split, but a "
                + "split has one image only. Add images, or train without --blind.");
        return new MappedImages(images, Cycle(images.Images, seed));
    }

    /// <summary>A few images, at least one, repeated in place of many.</summary>
    /// <param name="few">Whose embeddings are read.</param>
    /// <param name="count">Number of images that there seem to be.</param>
    public static MappedImages Repeated(IImageEmbeddings few, int count)
    {
        ArgumentNullException.ThrowIfNull(few);
        return new MappedImages(few, [.. Enumerable.Range(0, count).Select(i => i % few.Images)]);
    }

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination) =>
        images.CopyTo([.. rows.Select(r => (places[r.Image], r.View))], destination);

    // One cycle through all of them, so that no image keeps its own (Sattolo, 1986).
    private static int[] Cycle(int count, long seed)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + 41)));
        var cycle = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.Next(i);
            (cycle[i], cycle[j]) = (cycle[j], cycle[i]);
        }
        return cycle;
    }
}

/// <summary>Embeddings as a tensor.</summary>
internal static class EmbeddingBatch
{
    /// <summary>One epoch's views (N, P, C), fp16: views differ from image to image, and for each image from epoch to epoch.</summary>
    /// <param name="images">Embeddings of the split.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="rows">Images, and numbers by which their views are shifted.</param>
    public static Tensor Gather(IImageEmbeddings images, int epoch, IEnumerable<(int Image, int Number)> rows) =>
        Gather(images, [.. rows.Select(r => (r.Image, (int)((r.Number + (long)epoch) % images.Views)))]);

    /// <summary>(N, P, C), fp16, in the order of the rows.</summary>
    /// <param name="images">Embeddings of the split.</param>
    /// <param name="rows">Image and view.</param>
    public static Tensor Gather(IImageEmbeddings images, IReadOnlyList<(int Image, int View)> rows)
    {
        using var batch = empty(rows.Count, images.Cells, images.Channels, dtype: ScalarType.Float16, device: CPU);
        images.CopyTo(rows, MemoryMarshal.Cast<byte, Half>(batch.bytes));
        return batch.to(get_default_device());
    }
}
