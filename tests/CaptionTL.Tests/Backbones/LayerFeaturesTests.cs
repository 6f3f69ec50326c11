using CaptionTL.Backbones;
using TorchSharp;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class LayerFeaturesTests
{
    public static TheoryData<string> All => Architectures;

    [Theory]
    [MemberData(nameof(All))]
    public void Extract_EveryLayerAtOnce_GivesTheHookedOutputs(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build(architecture, top: false);
        backbone.eval();
        var hooked = new Dictionary<string, Tensor>();
        foreach (var (name, module) in backbone.named_modules())
            if (module is nn.Module<Tensor, Tensor> layer)
                layer.register_forward_hook((_, _, output) => { hooked.TryAdd(name, output.clone()); return output; });
        using var grid = backbone.call(Pixels(backbone));
        hooked.Count.ShouldBeGreaterThan(backbone.Blocks.Count);

        var features = LayerFeatures.Extract(backbone, Pixels(backbone), [.. hooked.Keys.Select(n => "layer:" + n), backbone.LastCut]);

        foreach (var (name, output) in hooked)
            features["layer:" + name].equal(output).all().item<bool>().ShouldBeTrue(name);
        features[backbone.LastCut].equal(grid).all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Extract_OneLayer_RunsUpToItAndNoFurther(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build(architecture, top: false);
        backbone.eval();
        var calls = RecordCalls(backbone);
        using var grid = backbone.ForwardTo(Pixels(backbone), backbone.LastCut);
        var order = calls.ToList();
        // Layers without parts, so that the last call is their own.
        var leaves = backbone.named_modules().Where(m => !m.module.children().Any()).Select(m => m.name).ToHashSet();
        foreach (var position in (int[])[order.Count / 3, order.Count / 2, order.Count - 2])
        {
            var layer = order.Skip(position).First(leaves.Contains);
            calls.Clear();

            LayerFeatures.Extract(backbone, Pixels(backbone), "layer:" + layer).Keys.ShouldBe(["layer:" + layer]);

            calls.ShouldBe(order[..(order.IndexOf(layer) + 1)]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Extract_Blocks_AreTheCuts(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build(architecture, top: false);
        backbone.eval();
        string[] names = [backbone.Blocks[^2].Name, backbone.Blocks[0].Name];

        var features = LayerFeatures.Extract(backbone, Pixels(backbone), names);

        features.Keys.ShouldBe(names);
        foreach (var (name, grid) in features)
            grid.equal(backbone.ForwardTo(Pixels(backbone), name)).all().item<bool>().ShouldBeTrue(name);
    }

    [Fact]
    public void Extract_Twice_LeavesNoHooksAndNoTensors()
    {
        using var backbone = Build("resnet18");
        backbone.eval();
        using var pixels = Pixels(backbone);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 2; i++)
        {
            var features = LayerFeatures.Extract(backbone, pixels, "layer1.1.bn1", "layer2");
            foreach (var tensor in features.Values) tensor.Dispose();
        }
        Tensor.TotalCount.ShouldBe(before);
        using var scores = backbone.call(pixels); // a hook left behind would end this pass
        scores.shape.ShouldBe([1, 10]);
    }

    [Fact]
    public void Extract_LogitsAndTheTopsLayers_AreTheClassScores()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build("resnet18");
        backbone.eval();
        var scores = backbone.call(Pixels(backbone));

        var features = LayerFeatures.Extract(backbone, Pixels(backbone), "logits", "fc", "avgpool");

        features["logits"].equal(scores).all().item<bool>().ShouldBeTrue();
        features["fc"].equal(scores).all().item<bool>().ShouldBeTrue();
        features["avgpool"].shape.ShouldBe([1, 512, 1, 1]);
    }

    [Fact]
    public void Extract_WithGradients_ReachesTheWeights()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        LayerFeatures.Extract(backbone, Pixels(backbone, 2), "layer2")["layer2"].sum().backward();
        backbone.get_parameter("conv1.weight")!.grad.ShouldNotBeNull();
    }

    [Fact]
    public void Extract_NameOfABlockAndALayer_MeansTheBlockUnlessSaidOtherwise()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build("tf_efficientnet_lite0", top: false);
        backbone.eval();

        var features = LayerFeatures.Extract(backbone, Pixels(backbone), "conv_stem", "layer:conv_stem");

        features["conv_stem"].equal(backbone.ForwardTo(Pixels(backbone), "conv_stem")).all().item<bool>().ShouldBeTrue();
        features["layer:conv_stem"].min().item<float>().ShouldBeLessThan(0, "the convolution alone has no activation");
    }

    [Fact]
    public void Extract_SequenceRunPartByPart_GivesItsLastPartsOutput()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build("resnet18", top: false);
        backbone.eval();

        var features = LayerFeatures.Extract(backbone, Pixels(backbone), "layer2.0.downsample", "layer2.0.downsample.1");

        features["layer2.0.downsample"].equal(features["layer2.0.downsample.1"]).all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("layer3.0.bn9", "layer3.0.bn1")]
    [InlineData("layr2", "layer2")]
    [InlineData("qqqqqqqqqqqqqqqqqqqqqqq", "stem, layer1")]
    public void Extract_UnknownName_ListsNearMatches(string name, string near)
    {
        using var backbone = Build("resnet18", top: false);
        using var pixels = Pixels(backbone);
        var message = Should.Throw<CaptionTLException>(() => LayerFeatures.Extract(backbone, pixels, name)).Message;
        message.ShouldContain(name);
        message.ShouldContain(near);
    }

    [Fact]
    public void Extract_PixelsOfAnotherRankOrNoNames_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18", top: false);
        Should.Throw<CaptionTLException>(() => LayerFeatures.Extract(backbone, zeros(3, 40, 40), "layer1")).Message.ShouldContain(
            "(3, 40, 40)");
        Should.Throw<CaptionTLException>(() => LayerFeatures.Extract(backbone, Pixels(backbone))).Message.ShouldContain("at least one");
    }

    [Fact]
    public void Extract_LayerThatOnlyTakesPartInTraining_SaysSo()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find("inception_v3").Build(new BackboneOptions());
        backbone.eval();
        Should.Throw<CaptionTLException>(() => LayerFeatures.Extract(backbone, Pixels(backbone), "AuxLogits.conv0"))
            .Message.ShouldContain("no output of its own");
    }
}
