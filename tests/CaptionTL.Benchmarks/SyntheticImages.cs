using CaptionTL.Text;
using CaptionTL.Training;

namespace CaptionTL.Benchmarks;

/// <summary>
/// Random embeddings, sparse and not negative like a CNN's, and random captions of 4 to so many words, the end included.
/// </summary>
internal sealed class SyntheticImages(Sizes sizes, int images) : IImageEmbeddings
{
    private readonly Half[] _values = Values(images * sizes.Cells * sizes.Channels);

    public int Images => images;

    public int Views => 1;

    public int Cells => sizes.Cells;

    public int Channels => sizes.Channels;

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        for (var i = 0; i < rows.Count; i++) _values.AsSpan(rows[i].Image * size, size).CopyTo(destination[(i * size)..]);
    }

    public List<TrainingImage> WithCaptions(Random random) =>
        [.. Enumerable.Range(0, images)
            .Select(i => new TrainingImage(i, [.. Enumerable.Range(0, sizes.Captions).Select(_ => Caption(random))]))];

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
