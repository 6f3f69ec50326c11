namespace CaptionTL.Training;

/// <summary>
/// Every image with the embeddings of another one, the same other at every cut and in every view: what a head learns from these it learns
/// without seeing the image, from the captions or labels alone.
/// </summary>
public sealed class BlindImages : IImageEmbeddings
{
    private readonly IImageEmbeddings _images;
    private readonly int[] _other;

    /// <param name="images">As they are.</param>
    /// <param name="seed">Of who sees whom.</param>
    /// <exception cref="CaptionTLException">There is only one image.</exception>
    public BlindImages(IImageEmbeddings images, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Images == 1)
            throw new CaptionTLException("In a blind run each image gets the embedding of another one of its split, and a split has "
                + "one image only. Add images, or train without --blind.");
        _images = images;
        _other = Cycle(images.Images, seed);
    }

    public int Images => _images.Images;

    public int Views => _images.Views;

    public int Cells => _images.Cells;

    public int Channels => _images.Channels;

    public void CopyTo(int image, int view, Span<Half> destination) => _images.CopyTo(_other[image], view, destination);

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination) =>
        _images.CopyTo([.. rows.Select(r => (_other[r.Image], r.View))], destination);

    // One cycle through all of them, so that no image is left with its own (Sattolo, 1986).
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
