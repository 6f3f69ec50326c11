using System.Globalization;
using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;

namespace CaptionTL.Benchmarks;

/// <summary>
/// An epoch of a phase with the frozen blocks' outputs out of the cache, and the same epoch with every image read, decoded, augmented and
/// taken through the frozen blocks in every step. Random weights.
/// </summary>
internal static class CachedEpochs
{
    private const int Images = 96;

    public static void Print(IEnumerable<string> architectures, Sizes sizes)
    {
        var files = SamplePhotos.Files();
        List<EmbeddingItem> items = [.. Enumerable.Range(0, Images)
            .Select(i => new EmbeddingItem($"{i}", new ImageSource(files[i % files.Count])))];
        Console.WriteLine("| network | phase | cut | cached epoch, s | uncached epoch, s | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var architecture in architectures)
        {
            foreach (var preset in (string[])["warmup+finetune", "caption+finetune"])
            {
                var plan = PlanPresets.Find(preset);
                foreach (var phase in plan.Phases) Compare(architecture, preset, plan, phase, items, sizes);
            }
        }
    }

    private static void Compare(string architecture, string preset, TransferPlan plan, TrainingPhase phase,
        IReadOnlyList<EmbeddingItem> items, Sizes sizes)
    {
        var preprocessing = BackboneRegistry.FindWeights(architecture).Preprocessing;
        var backbone = Build(architecture);
        var grid = backbone.Network.CutAt(preprocessing.Height, preprocessing.Width, backbone.LastCut);
        torch.nn.Module head = plan.Head is CaptionHeadPlan captions
            ? new CaptionDecoder(captions.ToOptions(grid.Channels, grid.Cells, sizes.Vocabulary))
            : new DenseHead((DenseHeadPlan)plan.Head, grid.Channels, grid.Cells, 2);
        using var network = new TransferNetwork(head, backbone, backbone.LastCut, [phase], preprocessing);
        var cut = network.CutOf(phase);
        using var encoder = new CnnEncoder(Build(architecture), preprocessing, "random", cut);
        using var online = new OnlineImages(items, new CnnEncoder(Build(architecture), preprocessing, "random", cut), new Augmentation());
        var folder = Directory.CreateTempSubdirectory("captiontl-epochs-").FullName;
        try
        {
            using var cache = EmbeddingCache.Open(folder);
            using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(preprocessing)).Embed(items, 1, "embed");
            var cached = Seconds(Training(network, sizes), embedded.Embeddings, phase);
            var uncached = Seconds(Training(network, sizes), online, phase);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {architecture} | {preset}: {phase.Name} | {cut} | "
                + $"{cached:0.000} | "
                + $"{uncached:0.000} | {uncached / cached:0.0} |"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Backbone Build(string architecture) => BackboneRegistry.Find(architecture)
        .Build(new BackboneOptions { IncludeTop = false });

    private static ITraining Training(TransferNetwork network, Sizes sizes) => network.Head is DenseHead
        ? new ClassTraining(network, [.. Enumerable.Range(0, Images).Select(i => i % 2)], ClassWeighting.None,
            new ClassEvaluator([], []), seed: 1)
        : new CaptionTraining(network, new SyntheticImages(sizes with { Captions = 5 }, Images).WithCaptions(new Random(1)),
            new CaptionEvaluator([], [], new CaptionSearch((CaptionDecoder)network.Head, new Vocabulary([])), new DecodingOptions()),
            new CaptionReward([], new Vocabulary([])), seed: 1);

    // The second epoch; the first warms up.
    private static double Seconds(ITraining training, IImageEmbeddings images, TrainingPhase phase)
    {
        training.Network.Begin(phase);
        training.Begin(phase, new SplitEmbeddings(images, images));
        using var optimizer = new PhaseOptimizer(training.Network, phase);
        training.Network.Train(true);
        var clock = new Stopwatch();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            clock.Restart();
            foreach (var batch in training.Batches(phase, epoch)) optimizer.Step(training, batch, epoch, new Random(epoch));
        }
        return clock.Elapsed.TotalSeconds;
    }
}
