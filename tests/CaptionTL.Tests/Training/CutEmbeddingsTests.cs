using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Tests.Datasets;
using CaptionTL.Tests.Images;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

/// <summary>Generated images, augmented online and from the cache, through a real ResNet-18 with the reference's weights.</summary>
[Collection(nameof(TorchCollection))]
public sealed class CutEmbeddingsTests : IDisposable
{
    private const int Images = 12;

    private readonly DatasetFolder _data = new();
    private readonly PlannedBackbone _planned;
    private readonly IReadOnlyList<LabelledItem> _items;

    public CutEmbeddingsTests()
    {
        for (var i = 0; i < Images; i++)
        {
            var image = i % 2 == 0 ? TestImages.Gradient(40 + i, 50) : TestImages.Formula(50, 40 + i);
            _data.Bytes($"{i}.png", ImageFiles.Png(image));
        }
        _items = [.. Enumerable.Range(0, Images)
            .Select(i => new LabelledItem($"{i}.png", new ImageSource(Path.Combine(_data.Root, $"{i}.png")), i % 2, null))];
        var weights = Path.Combine(_data.Root, "resnet18.safetensors");
        using var backbone = ToyClasses.Backbone();
        SafetensorsWriter.Write(weights, backbone.state_dict().Select(p => StateDict.Entry(p.Key, p.Value)));
        _planned = new PlannedBackbone(BackboneRegistry.FindWeights("resnet18"), weights, "toy", ToyClasses.Preprocessing,
            Precision.Float32);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void At_OnlineAugmentation_IsTheNetworksOutputForTheAugmentedImage()
    {
        using var scope = NewDisposeScope();
        var augmentation = new Augmentation { Rotation = 20, ErasingProbability = 0.5 };
        var plan = Plan(Online("only", "none", augmentation)) with { Seed = 7 };
        using var run = new Open(this, plan, "cache");
        var online = run.Embeddings.At("layer2", augmentation, default).Train;

        (int Image, int View)[] rows = [(3, 0), (3, 1), (4, 0)];
        var values = new Half[rows.Length * online.Cells * online.Channels];
        online.CopyTo(rows, values);

        var preprocessor = new Preprocessor(_planned.Preprocessing, augmentation with { Seed = 7 });
        using var encoder = _planned.Encoder("layer2");
        var expected = new Half[values.Length];
        encoder.Encode(
            [.. rows.Select(r => preprocessor.Prepare(File.ReadAllBytes(_items[r.Image].Source.Path),
            new AugmentationView(2 + r.View)))], expected);
        values.ShouldBe(expected);
        values.AsSpan(0, values.Length / 3).SequenceEqual(values.AsSpan(values.Length / 3, values.Length / 3)).ShouldBeFalse();
    }

    [Fact]
    public void At_EveryPhaseAugmentedOnline_CachesNoViewsAndAtTheCutTheDevImagesOnly()
    {
        var augmentation = new Augmentation();
        using var run = new Open(this, Plan(Online("only", "last:1", augmentation)) with { Views = 4 }, "cache");
        var split = run.Embeddings.At("layer3", augmentation, default);
        (split.Train.Views, split.Dev.Views).ShouldBe((int.MaxValue, 1));
        var kept = run.Cache.List().ToDictionary(e => e.Cut, e => e.Embeddings);
        // All images once at the head's layer, which finds those that cannot be read; four of them are for scoring.
        kept.ShouldBe(new Dictionary<string, int> { ["layer4"] = Images, ["layer3"] = 4 }, ignoreOrder: true);
    }

    [Fact]
    public void At_OnePhaseAugmentedOnline_KeepsTheViewsOfTheOthers()
    {
        var plan = Plan(ToyClasses.Phase("warm-up", "none", 1), Online("fine-tune", "last:1", new Augmentation())) with { Views = 3 };
        using var run = new Open(this, plan, "cache");
        run.Embeddings.At("layer4", null, default).Train.Views.ShouldBe(3);
        run.Embeddings.At("layer3", plan.Phases[1].Augmentation, default);
        var kept = run.Cache.List().ToDictionary(e => e.Cut, e => e.Embeddings);
        kept.ShouldBe(new Dictionary<string, int> { ["layer4"] = 3 * (Images - 4) + 4, ["layer3"] = 4 }, ignoreOrder: true);
    }

    [Fact]
    public void At_ShuffledAndAugmentedOnline_ShowsOtherImages()
    {
        var augmentation = new Augmentation();
        var plan = Plan(Online("only", "none", augmentation));
        using var seeing = new Open(this, plan, "cache");
        using var shuffled = new Open(this, plan with { Blind = true }, "cache");
        HashSet<string> Of(Open run) => [.. Enumerable.Range(0, Images - 4).Select(p =>
        {
            var train = run.Embeddings.At("layer4", augmentation, default).Train;
            var values = new Half[train.Cells * train.Channels];
            train.CopyTo([(p, 5)], values);
            return string.Join(' ', values);
        })];
        Of(shuffled).SetEquals(Of(seeing)).ShouldBeTrue();
        Of(seeing).Count.ShouldBe(Images - 4);
    }

    [Fact]
    public void At_ImageGoneWhileTraining_IsNamed()
    {
        var augmentation = new Augmentation();
        using var run = new Open(this, Plan(Online("only", "none", augmentation)), "cache");
        var train = run.Embeddings.At("layer4", augmentation, default).Train;
        File.Delete(_items[2].Source.Path);
        Should.Throw<CaptionTLException>(() => train.CopyTo([(2, 0)], new Half[train.Cells * train.Channels])).Message.ShouldContain(
            "2.png could be read when the run began");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("all")]
    public void Train_AugmentedOnlineAndInterruptedAnywhere_EndsWithTheSameBits(string unfreeze)
    {
        using var scope = NewDisposeScope();
        var plan = Plan(Online("online", unfreeze, new Augmentation { Rotation = 10, ErasingProbability = 0.3 }, epochs: 2));
        Train(plan, "whole", default);
        var stops = 0;
        for (; stops < 50; stops++)
        {
            using var stop = new CancellationTokenSource();
            var steps = 0;
            try
            {
                Train(plan, "stopped", stop.Token, p => { if (p.Activity == "train" && ++steps == 1 + stops % 2) stop.Cancel(); });
                break;
            }
            catch (OperationCanceledException)
            {
            }
        }
        stops.ShouldBeInRange(2, 49);
        CheckpointDigests.Of(Path.Combine(_data.Root, "stopped")).ShouldBe(CheckpointDigests.Of(Path.Combine(_data.Root, "whole")));
    }

    private void Train(TransferPlan plan, string run, CancellationToken cancellation, Action<TrainingProgress>? progress = null)
    {
        using var open = new Open(this, plan, "cache");
        using var network = ToyClasses.Network(plan);
        var training = new ClassTraining(network, [.. open.Train.Select(i => i.Class)], ClassWeighting.None,
            new ClassEvaluator(["a", "b"], open.Dev), plan.Seed);
        new Trainer(plan, training, open.Embeddings, new RunFolder(Path.Combine(_data.Root, run)))
            .Train(progress is null ? null : new ImmediateProgress<TrainingProgress>(progress), cancellation);
    }

    private static TransferPlan Plan(params IReadOnlyList<TrainingPhase> phases) => ToyClasses.Plan(phases);

    private static TrainingPhase Online(string name, string unfreeze, Augmentation augmentation, int epochs = 1) =>
        ToyClasses.Phase(name, unfreeze, epochs) with { Augmentation = augmentation };

    /// <summary>The last four images are for scoring.</summary>
    private sealed class Open : IDisposable
    {
        private readonly CnnEncoder _encoder;

        public Open(CutEmbeddingsTests test, TransferPlan plan, string cache)
        {
            (Train, Dev) = ([.. test._items.SkipLast(4)], [.. test._items.TakeLast(4)]);
            Cache = EmbeddingCache.Open(Path.Combine(test._data.Root, cache));
            Embeddings = new CutEmbeddings(test._planned, Cache, plan.Validated(), null);
            _encoder = test._planned.Encoder(null);
            Embeddings.Open(_encoder, EmbeddingItem.Of(Train), EmbeddingItem.Of(Dev), default);
        }

        public IReadOnlyList<LabelledItem> Train { get; }

        public IReadOnlyList<LabelledItem> Dev { get; }

        public EmbeddingCache Cache { get; }

        public CutEmbeddings Embeddings { get; }

        public void Dispose()
        {
            Embeddings.Dispose();
            Cache.Dispose();
            _encoder.Dispose();
        }
    }
}
