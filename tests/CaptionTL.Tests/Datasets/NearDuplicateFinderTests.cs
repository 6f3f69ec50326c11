using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Tests.Images;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Datasets;

[Collection(nameof(TorchCollection))]
public class NearDuplicateFinderTests
{
    [Fact]
    public void Find_LinkedImages_AreOneGroupWithItsSplitsAndClasses()
    {
        using var scope = NewDisposeScope();
        // Directions in degrees: 0, 20 and 40 are linked over 20, 100 and 101 are a pair, 200 is alone.
        float[] degrees = [0, 100, 20, 200, 40, 101];
        LabelledItem[] items = [Item("a", 0, Split.Train), Item("b", 0, Split.Train), Item("c", 0, Split.Train), Item("d", 1, Split.Dev),
            Item("e", 1, Split.Dev), Item("f", 0, Split.Train)];
        var groups = NearDuplicateFinder.Find(items, Directions(degrees), threshold: Math.Cos(25 * Math.PI / 180));

        groups.Select(g => string.Join(' ', g.Ids)).ShouldBe(["a c e", "b f"]); // across splits first
        groups.Select(g => (g.AcrossSplits, g.AcrossClasses)).ShouldBe([(true, true), (false, false)]);
        groups[0].Similarity.ShouldBe(Math.Cos(20 * Math.PI / 180), 1e-4);
        groups[1].Similarity.ShouldBe(Math.Cos(1 * Math.PI / 180), 1e-4);
    }

    [Fact]
    public void Find_MoreThanABlock_ComparesAcrossBlocks()
    {
        using var scope = NewDisposeScope();
        const int Count = 3000; // three blocks
        using var generator = new Generator(3);
        var vectors = randn(Count, 64, generator: generator);
        foreach (var (copy, of) in ((int, int)[])[(2999, 0), (1400, 1399), (2000, 1399)]) vectors[copy].copy_(vectors[of]);
        vectors.div_(vectors.norm(1, keepdim: true));
        var items = Enumerable.Range(0, Count).Select(i => Item($"{i}", 0, null)).ToArray();
        var done = new List<int>();

        var groups = NearDuplicateFinder.Find(items, vectors, 0.95, done.Add);

        groups.Select(g => string.Join(' ', g.Ids)).ShouldBe(["0 2999", "1399 1400 2000"], ignoreOrder: true);
        done.Count.ShouldBe(3);
        done[^1].ShouldBe(Count);
    }

    [Fact]
    public void Find_AllTheSame_IsOneGroup()
    {
        using var scope = NewDisposeScope();
        var items = Enumerable.Range(0, 2000).Select(i => Item($"{i}", 0, null)).ToArray();
        NearDuplicateFinder.Find(items, Directions(new float[2000]), 0.9).ShouldHaveSingleItem().Ids.Count.ShouldBe(2000);
        NearDuplicateFinder.Find([], empty(0, 2), 0.9).ShouldBeEmpty();
    }

    [Fact]
    public void Find_RealCopies_AreFoundAndOtherImagesAreNot()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var names = new List<string>();
        Add("cat.png", Sample("chelsea.png"));
        Add("cat-mirrored.jpg", Saved(PixelEffects.Mirror(Decoded("chelsea.png"))));
        Add("cup.png", Sample("coffee.png"));
        Add("cup-cropped.jpg", Saved(Cropped(Decoded("coffee.png"), 0.95)));
        Add("woman.png", Sample("astronaut.png"));
        Add("woman-again.jpg", Saved(Decoded("astronaut.png")));
        Add("rocket.jpg", Sample("rocket.jpg"));
        LabelledItem[] items = [.. names.Select(n => Item(n, 0, null) with { Source = new ImageSource(folder.File(n)) })];

        var groups = NearDuplicateFinder.Find(items, Vectors(folder, items), NearDuplicateFinder.DefaultThreshold);

        groups.Select(g => string.Join(' ', g.Ids))
            .ShouldBe(["cat.png cat-mirrored.jpg", "cup.png cup-cropped.jpg", "woman.png woman-again.jpg"], ignoreOrder: true);

        void Add(string name, byte[] bytes)
        {
            File.WriteAllBytes(folder.File(name), bytes);
            names.Add(name);
        }
    }

    private static LabelledItem Item(string id, int label, Split? split) => new(id, new ImageSource(id), label, split);

    private static Tensor Directions(float[] degrees)
    {
        var angles = tensor(degrees) * (Math.PI / 180);
        return stack([angles.cos(), angles.sin()], 1);
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Samples, name));

    private static RgbImage Decoded(string name) => ImageDecoder.Decode(Sample(name));

    private static byte[] Saved(RgbImage image) => JpegWriter.Write(image, quality: 60);

    // The middle of an image.
    private static RgbImage Cropped(RgbImage image, double share)
    {
        var (width, height) = ((int)(image.Width * share), (int)(image.Height * share));
        var (left, top) = ((image.Width - width) / 2, (image.Height - height) / 2);
        var pixels = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
            image.Pixels.AsSpan(3 * ((top + y) * image.Width + left), 3 * width).CopyTo(pixels.AsSpan(3 * y * width));
        return new RgbImage(width, height, pixels);
    }

    private static Tensor Vectors(TemporaryFolder folder, IReadOnlyList<DatasetItem> items)
    {
        var plan = PlanPresets.Caption;
        var weights = BackboneRegistry.FindWeights(plan.Backbone);
        var path = Repository.RequireShared($"models/{weights.Name}/model.safetensors");
        using var encoder = new PlannedBackbone(weights, path, "test", weights.Preprocessing with { Resize = plan.Resize },
            Precision.Float32).Encoder(null);
        using var cache = EmbeddingCache.Open(folder.File("cache"));
        using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(EmbeddingItem.Of(items), 1, "embedding");
        return ImageVectors.Of(embedded.Embeddings);
    }
}
