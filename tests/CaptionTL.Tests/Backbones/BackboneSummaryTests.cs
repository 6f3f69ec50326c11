using System.Text.Json;
using CaptionTL.Backbones;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class BackboneSummaryTests
{
    public static TheoryData<string> All => Architectures;

    // Billions of multiply-adds for one image, from torchvision's table of classification weights.
    private static readonly (string Architecture, double Published)[] Costs =
    [
        ("resnet18", 1.81), ("resnet34", 3.66), ("resnet50", 4.09), ("vgg16", 15.47), ("squeezenet1_1", 0.35),
        ("densenet121", 2.83), ("inception_v3", 5.71), ("mobilenet_v2", 0.30), ("mobilenet_v3_large", 0.22), ("mobilenet_v3_small", 0.06),
        ("efficientnet_b0", 0.39), ("convnext_tiny", 4.46),
    ];

    public static TheoryData<string, double> Published =>
        [.. Costs.Where(c => BackboneRegistry.All.Any(e => e.Architecture == c.Architecture))
            .Select(c => new TheoryDataRow<string, double>(c.Architecture, c.Published))];

    [Theory]
    [MemberData(nameof(All))]
    public void Of_EveryArchitecture_CountsWhatTheReferenceCounts(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, classes: 1000);

        var summary = BackboneSummary.Of(backbone, Size(backbone).Height, Size(backbone).Width);

        summary.Parameters.ShouldBe(ReferenceCount(architecture) ?? backbone.parameters().Sum(p => p.numel()));
        summary.TrainableParameters.ShouldBe(summary.Parameters);
        summary.Blocks.Select(b => b.Name).ShouldBe([.. backbone.Blocks.Select(b => b.Name), "top"]);
        summary.Blocks[^1].OutputShape.ShouldBe([1000]);
        var outermost = summary.Layers.Where(l => l.Depth == 0).ToList();
        outermost.Sum(l => l.Parameters).ShouldBe(summary.Parameters);
        outermost.Sum(l => l.MultiplyAdds).ShouldBe(summary.MultiplyAdds);
        summary.WeightBytes.ShouldBe(backbone.state_dict().Values.Sum(t => (long)t.contiguous().bytes.Length));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_FrozenWithoutTopOneChannel_SaysSo(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false, channels: 1);
        var middle = backbone.Blocks.Count / 2;
        backbone.Freezing.FreezeUpTo(backbone.Blocks[middle].Name);

        var summary = BackboneSummary.Of(backbone, Size(backbone).Height, Size(backbone).Width);

        summary.InputShape.ShouldBe([1, Size(backbone).Height, Size(backbone).Width]);
        summary.Blocks.Count.ShouldBe(backbone.Blocks.Count);
        summary.FrozenParameters.ShouldBe(summary.Blocks.Take(middle + 1).Sum(b => b.Parameters));
        summary.FrozenParameters.ShouldBe(backbone.parameters().Where(p => !p.requires_grad).Sum(p => p.numel()));
        summary.TrainableParameters.ShouldBe(backbone.parameters().Where(p => p.requires_grad).Sum(p => p.numel()));
        summary.Cuts.ShouldBe(backbone.Network.Cuts(Size(backbone).Height, Size(backbone).Width));
        summary.Cuts.Select(c => (long[])[c.Channels, c.Height, c.Width]).ShouldBe(summary.Blocks.Select(b => b.OutputShape!.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void Of_OwnInputSize_CostsWhatIsPublished(string architecture, double published)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, classes: 1000);
        var preprocessing = BackboneRegistry.FindWeights(architecture).Preprocessing;

        var summary = BackboneSummary.Of(backbone, preprocessing.Height, preprocessing.Width);

        (summary.MultiplyAdds / 1e9).ShouldBe(published, 0.0051);
    }

    private static long? ReferenceCount(string architecture)
    {
        var file = Goldens.File(Path.Combine("architectures", architecture + ".json"));
        if (!File.Exists(file)) return null;
        using var golden = JsonDocument.Parse(File.ReadAllText(file));
        return golden.RootElement.GetProperty("parameter_count").GetInt64();
    }
}
