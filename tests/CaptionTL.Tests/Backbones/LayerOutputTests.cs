using CaptionTL.Backbones;
using TorchSharp;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class LayerOutputTests
{
    [Theory]
    [InlineData("layer2")]
    [InlineData("layer3.1.conv2")]
    [InlineData("logits")]
    public void Forward_AnyLayer_EqualsItsFeaturesAndCarriesGradients(string layer)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        backbone.eval();
        using var output = new LayerOutput(backbone, layer);
        var pixels = Pixels(backbone, 2);

        var actual = output.call(pixels);

        actual.equal(LayerFeatures.Extract(backbone, pixels, layer)[layer]).all().item<bool>().ShouldBeTrue();
        actual.sum().backward();
        backbone.get_parameter("conv1.weight")!.grad!.abs().sum().item<float>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Dispose_Sequential_LeavesTheBackbone()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18", top: false);
        using (var model = nn.Sequential(new LayerOutput(backbone, "layer1"), nn.ReLU()))
            model.parameters().Count().ShouldBe(backbone.parameters().Count());
        backbone.eval();
        backbone.call(Pixels(backbone)).isfinite().all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void New_UnknownLayerOrNoTop_SaysWhatThereIs()
    {
        using var backbone = Build("resnet18", top: false);
        Should.Throw<CaptionTLException>(() => new LayerOutput(backbone, "layer7")).Message.ShouldContain("layer4");
        Should.Throw<CaptionTLException>(() => new LayerOutput(backbone, "logits")).Message.ShouldContain("without its top");
    }
}
