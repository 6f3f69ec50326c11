using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Runtime;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Training;

/// <summary>
/// The counts of a quote, on images that differ only by what stands behind the image in their files, with the real encoder.
/// </summary>
[Collection(nameof(TorchCollection))]
public sealed class CostQuoterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("pets");

    private string Cache => _folder.File("cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measure_WarmUpAndFineTuning_CountsEveryEmbeddingAndStep()
    {
        var store = Prepare();
        string[] before = Leftovers();
        var plan = PlanFile.With(PlanPresets.Find("warmup+finetune"),
            ["views=2", "phases[0].epochs=3", "phases[0].batchSize=10", "phases[1].epochs=2", "phases[1].batchSize=7"]).Validated();
        var quote = CostQuoter.Measure(plan, Data, store, Cache, Precision.Float32);

        (quote.TrainImages, quote.DevImages, quote.Views).ShouldBe((24, 6, 2));
        quote.Embeddings.Count.ShouldBe(2); // at the head's layer, and at the cut of the second phase
        foreach (var cost in quote.Embeddings)
        {
            cost.Embeddings.ShouldBe(24 * 2 + 6);
            cost.Missing.ShouldBe(cost.Embeddings - 20 * 2 - 6, cost.Cut); // what was measured is there
            cost.SecondsEach.ShouldBeGreaterThan(0);
            cost.Seconds.ShouldBe(cost.Missing * cost.SecondsEach);
            cost.Bytes.ShouldBe(EmbeddingCache.EstimateBytes(cost.Missing, cost.Cells, cost.Channels));
        }
        quote.Phases.Select(p => (p.Epochs, p.StepsAnEpoch, p.Steps, p.DevImages)).ShouldBe([(3, 3, 9L, 6), (2, 4, 8L, 6)]);
        foreach (var phase in quote.Phases)
            phase.Seconds.ShouldBe(phase.Steps * phase.SecondsAStep + phase.Epochs * 6 * phase.SecondsADevImage, 1e-9);
        quote.TrainingSeconds.ShouldBe(quote.Phases.Sum(p => p.Seconds));
        quote.Seconds.ShouldBe(quote.EmbeddingSeconds + quote.TrainingSeconds);
        quote.CacheBytes.ShouldBe(quote.Embeddings.Sum(e => e.Bytes));
        quote.RunBytes.ShouldBeGreaterThan(new FileInfo(LiteFile).Length / 2); // the encoder in fp16, and checkpoints
        quote.MemoryBytes.ShouldBeGreaterThan(50 << 20);
        Leftovers().ShouldBe(before);
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order().ShouldBe(["cache", "pets"]);
    }

    [Fact]
    public void Measure_FewImages_LeavesNoneToEmbed()
    {
        var store = Prepare(images: 24);
        var plan = PlanPresets.Find("features+logistic").Validated();
        var first = CostQuoter.Measure(plan, Data, store, Cache, Precision.Float32);
        var again = CostQuoter.Measure(plan, Data, store, Cache, Precision.Float32);
        (first.TrainImages, first.DevImages).ShouldBe((18, 6));
        first.Embeddings.Single().ShouldBe(new EmbeddingCost("conv_head", 24, 0, 49, 1280, 0));
        again.Embeddings.ShouldBe(first.Embeddings);
        (first.Seconds, first.CacheBytes, first.RunBytes).ShouldBe((0, 0, again.RunBytes));
        first.Phases.ShouldBeEmpty();
    }

    private static string LiteFile => Repository.RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors");

    private static string[] Leftovers() => [.. Directory.GetDirectories(Path.GetTempPath(), "captiontl-quote-*").Order()];

    // Readers of images stop at an image's end, so bytes behind it make another file of the same look.
    private WeightStore Prepare(int images = 30)
    {
        var store = new WeightStore(new WeightStoreOptions { Folders = [Path.GetDirectoryName(Path.GetDirectoryName(LiteFile))!] });
        for (var i = 0; i < images; i++)
        {
            var (split, name) = (i < images - 6 ? "train" : "val", i % 2 == 0 ? "cat" : "cup");
            var path = Path.Combine(Data, split, name, $"{i}.jpg");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [.. File.ReadAllBytes(Path.Combine(Repository.Samples, "rocket.jpg")), (byte)i]);
        }
        return store;
    }
}
