using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Runtime;
using CaptionTL.Tests.Datasets;
using CaptionTL.Tests.Images;
using CaptionTL.Tests.Training;
using CaptionTL.Training;

namespace CaptionTL.Tests.Embeddings;

[Collection(nameof(TorchCollection))]
public sealed class ImageNeighboursTests : IDisposable
{
    private const int Images = 6;

    private readonly DatasetFolder _data = new();
    private readonly IReadOnlyList<EmbeddingItem> _items;

    public ImageNeighboursTests()
    {
        for (var i = 0; i < Images; i++)
            _data.Bytes($"{i}.png", ImageFiles.Png(i % 2 == 0 ? TestImages.Gradient(40 + i, 50) : TestImages.Formula(50, 40 + i)));
        _data.Bytes("broken.png", "no image"u8.ToArray());
        _items = [.. ((string[])["broken.png", .. Enumerable.Range(0, Images).Select(i => $"{i}.png")])
            .Select(name => new EmbeddingItem(name, new ImageSource(Path.Combine(_data.Root, name))))];
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Rank_OfAKnownImage_IsThatImageFirstAndCosinesFromThere()
    {
        using var cache = EmbeddingCache.Open(Path.Combine(_data.Root, "cache"));
        using var neighbours = ImageNeighbours.Open(Encoder(), _items, cache);

        var ranked = neighbours.Rank(neighbours.Preprocessor.Prepare(File.ReadAllBytes(_items[3].Source.Path)));

        neighbours.Count.ShouldBe(Images);
        ranked[0].Image.ShouldBe(3);
        ranked[0].Similarity.ShouldBe(1, 1e-3); // the cache holds fp16
        ranked.Select(r => r.Image).Order().ShouldBe(Enumerable.Range(1, Images));
        ranked.Select(r => r.Similarity).ShouldBeInOrder(SortDirection.Descending);
        ranked.ShouldAllBe(r => r.Similarity > -1.001 && r.Similarity < 1.001);
    }

    private static CnnEncoder Encoder() => new(ToyClasses.Backbone(), ToyClasses.Preprocessing, "toy", precision: Precision.Float32);
}
