using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Tests.Backbones;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

/// <summary>
/// Two classes of small images, one brighter on the left and one on the right, on a real ResNet-18 with the reference's weights.
/// </summary>
internal sealed class ToyClasses : IPhaseEmbeddings
{
    public const int Size = 32;
    private const int Images = 12;

    private static readonly Lazy<Dictionary<string, byte[]>> Weights = new(() =>
    {
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find("resnet18").Build(new BackboneOptions { IncludeTop = false });
        ArchitectureParityTests.Fill(backbone, "toy");
        return backbone.state_dict().ToDictionary(p => p.Key, p => p.Value.bytes.ToArray());
    });

    private readonly Dictionary<string, SplitEmbeddings> _byCut = [];

    public static Preprocessing Preprocessing =>
        BackboneRegistry.FindWeights("resnet18").Preprocessing with { Width = Size, Height = Size, Resize = ResizeMode.Squash };

    public static int[] Labels => [.. Enumerable.Range(0, Images).Select(i => i % 2)];

    public static Backbone Backbone()
    {
        using var _ = no_grad();
        var backbone = BackboneRegistry.Find("resnet18").Build(new BackboneOptions { IncludeTop = false });
        foreach (var (name, value) in backbone.state_dict()) Weights.Value[name].CopyTo(value.bytes);
        backbone.eval();
        return backbone;
    }

    /// <summary>Normalised pixels (12, 3, 32, 32).</summary>
    public static Tensor Pixels()
    {
        var pixels = tensor(Goldens.Uniform("toy images", Images * 3 * Size * Size), [Images, 3, Size, Size]);
        for (var i = 0; i < Images; i++) pixels[i].narrow(2, i % 2 * Size / 2, Size / 2).add_(1.5f);
        return pixels;
    }

    public static TransferPlan Plan(params IReadOnlyList<TrainingPhase> phases) =>
        new() { Backbone = "resnet18", Views = 1, Head = new DenseHeadPlan { Dropout = 0.1 }, Phases = phases };

    public static TrainingPhase Phase(string name, string unfreeze, int epochs) =>
        new() { Name = name, Unfreeze = unfreeze, Epochs = epochs, BatchSize = 4, LearningRate = 1e-3, EmaDecay = 0.5, Patience = 50 };

    public static TransferNetwork Network(TransferPlan plan)
    {
        manual_seed(plan.Seed);
        var backbone = Backbone();
        return new TransferNetwork(new DenseHead((DenseHeadPlan)plan.Head, backbone.FeatureChannels, 1, 2), backbone, backbone.LastCut,
            plan.Phases, Preprocessing);
    }

    public static ClassTraining Training(TransferNetwork network, TransferPlan plan)
    {
        var items = Labels.Select((c, i) => new LabelledItem($"{i}.png", new ImageSource($"{i}.png"), c, null)).ToList();
        return new ClassTraining(network, Labels, ClassWeighting.Balanced, new ClassEvaluator(["left", "right"], items), plan.Seed);
    }

    // Computed as the cache's would be, by a network of their own.
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        if (_byCut.TryGetValue(cut, out var known)) return known;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Backbone();
        var grid = backbone.ForwardTo(Pixels(), cut);
        var values = grid.permute(0, 2, 3, 1).contiguous().to(ScalarType.Float16);
        var table = new Fixed(Images, (int)(grid.shape[2] * grid.shape[3]), (int)grid.shape[1], values.data<Half>().ToArray());
        return _byCut[cut] = new SplitEmbeddings(table, table);
    }

    private sealed record Fixed(int Images, int Cells, int Channels, Half[] Values) : IImageEmbeddings
    {
        public int Views => 1;

        public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
        {
            var size = Cells * Channels;
            for (var i = 0; i < rows.Count; i++) Values.AsSpan(rows[i].Image * size, size).CopyTo(destination[(i * size)..]);
        }
    }
}
