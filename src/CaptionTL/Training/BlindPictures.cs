namespace CaptionTL.Training;

/// <summary>
/// Every picture with the embeddings of another one, the same other at every cut and in every view: what a head learns from these it
/// learns
/// without seeing the picture, from the captions or labels alone.
/// </summary>
public sealed class BlindPictures : IPictureEmbeddings
{
    private readonly IPictureEmbeddings _pictures;
    private readonly int[] _other;

    /// <param name="pictures">As they are.</param>
    /// <param name="seed">Of who sees whom.</param>
    /// <exception cref="CaptionTLException">There is only one picture.</exception>
    public BlindPictures(IPictureEmbeddings pictures, long seed)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Pictures == 1)
            throw new CaptionTLException("In a blind run each picture gets the embedding of another one of its split, and a split has "
                + "one picture only. Add pictures, or train without --blind.");
        _pictures = pictures;
        _other = Cycle(pictures.Pictures, seed);
    }

    public int Pictures => _pictures.Pictures;

    public int Views => _pictures.Views;

    public int Cells => _pictures.Cells;

    public int Channels => _pictures.Channels;

    public void CopyTo(int picture, int view, Span<Half> destination) => _pictures.CopyTo(_other[picture], view, destination);

    public void CopyTo(IReadOnlyList<(int Picture, int View)> rows, Span<Half> destination) =>
        _pictures.CopyTo([.. rows.Select(r => (_other[r.Picture], r.View))], destination);

    // One cycle through all of them, so that no picture is left with its own (Sattolo, 1986).
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
