namespace CaptionTL.Training.Quotes;

/// <summary>The embeddings of a few pictures in the place of many.</summary>
/// <param name="few">At least one.</param>
/// <param name="pictures">How many there seem to be.</param>
internal sealed class RepeatedPictures(IPictureEmbeddings few, int pictures) : IPictureEmbeddings
{
    public int Pictures => pictures;

    public int Views => few.Views;

    public int Cells => few.Cells;

    public int Channels => few.Channels;

    public void CopyTo(int picture, int view, Span<Half> destination) => few.CopyTo(picture % few.Pictures, view, destination);

    public void CopyTo(IReadOnlyList<(int Picture, int View)> rows, Span<Half> destination) => few.CopyTo([.. rows.Select(r => (r.Picture % few.Pictures, r.View))], destination);
}
