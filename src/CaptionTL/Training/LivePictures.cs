using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Training.Batches;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings that are computed when they are asked for, each view another random version of the picture. Which one depends on the
/// picture's content, the view's number and the augmentation's seed alone. Nothing is kept.
/// </summary>
/// <param name="items">Pictures that can be read.</param>
/// <param name="encoder">The frozen network up to a cut; owned from here on.</param>
/// <param name="augmentation">How the versions differ.</param>
public sealed class LivePictures(IReadOnlyList<EmbeddingItem> items, CnnEncoder encoder, Augmentation augmentation) : IPictureEmbeddings, IDisposable
{
    // Of the network, whose memory grows with it.
    private const int PicturesAtOnce = 32;

    private readonly Lock _encoding = new();
    private readonly PictureReader _reader = new();
    private readonly Preprocessor _preprocessor = new(encoder.Preprocessing, augmentation);

    public int Pictures => items.Count;

    public int Views => int.MaxValue;

    public int Cells => encoder.Cells;

    public int Channels => encoder.Channels;

    /// <exception cref="CaptionTLException">The picture cannot be read any more.</exception>
    public void CopyTo(int picture, int view, Span<Half> destination) => CopyTo([(picture, view)], destination);

    /// <summary>Pictures are read and decoded on all cores, then computed together.</summary>
    /// <exception cref="CaptionTLException">A picture cannot be read any more.</exception>
    public void CopyTo(IReadOnlyList<(int Picture, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        var done = 0;
        foreach (var pictures in ReadAhead.Select(rows, PicturesAtOnce, r => Prepare(r.Picture, r.View)).Chunk(PicturesAtOnce))
        {
            lock (_encoding) encoder.Encode(pictures, destination.Slice(done * size, pictures.Length * size));
            done += pictures.Length;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        encoder.Dispose();
    }

    private RgbImage Prepare(int picture, int view)
    {
        try
        {
            // Views 0 and 1 are the picture and its mirror image.
            return _preprocessor.Prepare(_reader.Read(items[picture].Source), new AugmentationView(2 + view % (int.MaxValue - 2)));
        }
        catch (CaptionTLException e)
        {
            throw new CaptionTLException($"{items[picture].Id} could be read when the run began and cannot be read now: {e.Message}. Put it back and start again.", inner: e);
        }
    }
}
