using CaptionTL.Backbones;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class BackboneCutsTests
{
    public static TheoryData<string> All => Architectures;

    [Theory]
    [MemberData(nameof(All))]
    public void Of_OddSize_GivesTheShapesThatForwardGives(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build(architecture, top: false);
        backbone.eval();
        var pixels = Pixels(backbone);

        var cuts = backbone.Network.Cuts(Size(backbone).Height, Size(backbone).Width);

        cuts.Select(c => c.Name).ShouldBe(backbone.Blocks.Select(b => b.Name));
        foreach (var cut in cuts)
        {
            using var grid = backbone.ForwardTo(pixels, cut.Name);
            grid.shape.ShouldBe([1, cut.Channels, cut.Height, cut.Width], cut.Name);
            cut.EmbeddingBytes.ShouldBe(grid.contiguous().to(ScalarType.Float16).bytes.Length);
            cut.PooledBytes.ShouldBe(2 * grid.shape[1]);
        }
        cuts[^1].Channels.ShouldBe(backbone.FeatureChannels);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void At_AnEarlyCut_ComputesNothing(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        var calls = RecordCalls(backbone);

        backbone.Network.CutAt(Size(backbone).Height, Size(backbone).Width, backbone.Blocks[1].Name).Name.ShouldBe(
            backbone.Blocks[1].Name);

        calls.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_LeastSize_WorksAndOneLessIsRefused(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        var least = backbone.MinimumSize;

        backbone.Network.Cuts(least, least).ShouldAllBe(cut => cut.Cells > 0);

        Should.Throw<CaptionTLException>(() => backbone.Network.Cuts(least, least - 1)).Message.ShouldContain($"{least} × {least}");
    }

    [Fact]
    public void Of_NetworkInTraining_LeavesModesAndStatistics()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        backbone.train();
        backbone.Freezing.Freeze("layer2.0");
        var modes = backbone.modules().Select(m => m.training).ToList();
        var before = Snapshot(backbone);

        backbone.Network.Cuts(Size(backbone).Height, Size(backbone).Width);

        backbone.modules().Select(m => m.training).ShouldBe(modes);
        modes.ShouldContain(false);
        Changed(backbone, before).ShouldBeEmpty();
    }
}
