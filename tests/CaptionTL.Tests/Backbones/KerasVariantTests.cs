using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>The networks that weights of Keras are loaded into compute what keras.applications computes.</summary>
[Collection(nameof(TorchCollection))]
public class KerasVariantTests
{
    public static TheoryData<string> Variants => [.. BackboneRegistry.All.Select(e => e.KerasVariant).OfType<string>()];

    // Even and odd grids on the way: 75 → 18 and 71 → 17 cells at Xception's first pooling, 70 → 35 at MobileNet's first smaller block.
    [Theory]
    [InlineData("keras_mobilenet_v1", 70, 64)]
    [InlineData("keras_xception", 75, 71)]
    [InlineData("keras_resnet50", 65, 48)]
    [InlineData("keras_inception_v3", 75, 79)]
    public void Forward_AnyWeights_IsWhatKerasComputes(string architecture, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Filled(architecture);
        var pixels = tensor(Goldens.Uniform("pixels", 3L * height * width), [1, 3, height, width]);
        var reference = new KerasReference(
            backbone.state_dict().Where(p => p.Value.is_floating_point())
                .ToDictionary(p => p.Key, p => (p.Value.shape, p.Value.data<float>().ToArray())), architecture == "keras_inception_v3"
                ? 1e-3 : 1e-5);
        var input = KerasReference.Grid.Of(pixels);

        var expected = architecture switch
        {
            "keras_mobilenet_v1" => reference.MobileNet(input),
            "keras_xception" => reference.Xception(input),
            "keras_resnet50" => reference.ResNet(input, 3, 4, 6, 3),
            _ => reference.Inception(input),
        };

        KerasReference.ShouldAgree(backbone.ForwardTo(pixels, backbone.LastCut).permute(0, 2, 3, 1), expected.Features.Values, "grid");
        KerasReference.ShouldAgree(backbone.call(pixels), expected.Scores, "scores");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Forward_SameWeightsInTheNetworkOfTheOtherLibraries_IsSomethingElse(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var keras = Filled(architecture);
        using var other = Filled(BackboneRegistry.All.Single(e => e.KerasVariant == architecture).Architecture);
        var pixels = tensor(Goldens.Uniform("pixels", 3 * 96 * 96), [1, 3, 96, 96]);

        other.state_dict().Keys.Where(n => !n.StartsWith("AuxLogits.", StringComparison.Ordinal))
            .ShouldBe(keras.state_dict().Keys, ignoreOrder: true);
        KerasReference.Distance(keras.call(pixels).data<float>().ToArray(), other.call(pixels).data<float>().ToArray())
            .ShouldBeGreaterThan(0.01);
    }

    private static Backbone Filled(string architecture)
    {
        var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions { Classes = 20 });
        ArchitectureParityTests.Fill(backbone, "keras/");
        backbone.eval();
        return backbone;
    }
}
