using CaptionTL.Text;
using CaptionTL.Training;

namespace CaptionTL.Benchmarks;

/// <summary>
/// Random embeddings, sparse and not negative like a CNN's, and random captions of 4 to so many words, the end included.
/// </summary>
internal sealed class SyntheticPictures(Sizes sizes, int pictures) : IPictureEmbeddings
{
    private readonly Half[] _values = Values(pictures * sizes.Cells * sizes.Channels);

    public int Pictures => pictures;

    public int Views => 1;

    public int Cells => sizes.Cells;

    public int Channels => sizes.Channels;

    public void CopyTo(int picture, int view, Span<Half> destination) => _values.AsSpan(picture * Cells * Channels, Cells * Channels)
        .CopyTo(destination);

    public List<TrainingPicture> WithCaptions(Random random) =>
        [.. Enumerable.Range(0, pictures)
            .Select(i => new TrainingPicture(i, [.. Enumerable.Range(0, sizes.Captions).Select(_ => Caption(random))]))];

    private int[] Caption(Random random)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var words = Math.Clamp((int)Math.Round(sizes.Steps + 3 * normal), 4, sizes.Longest) - 1;
        return [.. Enumerable.Range(0, words).Select(_ => random.Next(Vocabulary.Unk + 1, sizes.Vocabulary))];
    }

    private static Half[] Values(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (Half)Math.Max(0, 3 * random.NextDouble() - 2))];
    }
}
