using System.Globalization;
using System.Text.RegularExpressions;
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
        var pixels = Pixels();

        var cuts = BackboneCuts.Of(backbone, Height, Width);

        cuts.Select(c => c.Name).ShouldBe(backbone.Blocks.Select(b => b.Name));
        foreach (var cut in cuts)
        {
            using var grid = backbone.ForwardTo(pixels, cut.Name);
            grid.shape.ShouldBe([1, cut.Channels, cut.Height, cut.Width], cut.Name);
            cut.EmbeddingBytes.ShouldBe(grid.to(ScalarType.Float16).bytes.Length);
            cut.PooledBytes.ShouldBe(2 * grid.shape[1]);
        }
        cuts[^1].Channels.ShouldBe(backbone.FeatureChannels);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void At_AnEarlyCut_ComputesNoLaterBlock(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        var calls = RecordCalls(backbone);

        BackboneCuts.At(backbone, Height, Width, backbone.Blocks[1].Name).Name.ShouldBe(backbone.Blocks[1].Name);

        calls.ShouldNotBeEmpty();
        calls.ShouldAllBe(name => !backbone.Blocks.Skip(2).Any(b => b.BelongsTo(name + ".")));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_OnePixel_IsTakenOrTheSmallestSquareIsNamed(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        string message;
        try
        {
            BackboneCuts.Of(backbone, 1, 1).Count.ShouldBe(backbone.Blocks.Count);
            return;
        }
        catch (CaptionTLException e)
        {
            message = e.Message;
        }
        message.ShouldContain($"{architecture} cannot take pictures of 1 × 1 pixels");
        var smallest = int.Parse(Regex.Match(message, "smallest square it takes is ([0-9]+) ×").Groups[1].Value, CultureInfo.InvariantCulture);
        BackboneCuts.Of(backbone, smallest, smallest).Count.ShouldBe(backbone.Blocks.Count);
        Should.Throw<CaptionTLException>(() => BackboneCuts.Of(backbone, smallest - 1, smallest - 1));
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

        BackboneCuts.Of(backbone, Height, Width);

        backbone.modules().Select(m => m.training).ShouldBe(modes);
        modes.ShouldContain(false);
        Changed(backbone, before).ShouldBeEmpty();
    }

    [Fact]
    public void Of_NoPixels_IsRefused()
    {
        using var backbone = Build("resnet18", top: false);
        Should.Throw<CaptionTLException>(() => BackboneCuts.Of(backbone, 0, 5)).Message.ShouldContain("0 × 5");
    }
}
