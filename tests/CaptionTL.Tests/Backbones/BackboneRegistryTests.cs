using CaptionTL.Backbones;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class BackboneRegistryTests
{
    [Fact]
    public void Find_UnknownName_ListsNearMatches() =>
        Should.Throw<CaptionTLException>(() => BackboneRegistry.Find("resnet51")).Message.ShouldContain("resnet50");

    [Fact]
    public void Find_NameLikeNoOther_ListsAll() =>
        Should.Throw<CaptionTLException>(() => BackboneRegistry.Find("zz")).Message.ShouldContain("tf_efficientnet_lite0");

    [Fact]
    public void Register_TakenName_Throws() =>
        Should.Throw<ArgumentException>(() => BackboneRegistry.Register(BackboneRegistry.Find("resnet18"))).Message.ShouldContain(
            "resnet18");

    [Theory]
    [InlineData("VGG16", "vgg16")]
    [InlineData("VGG19", "vgg19")]
    [InlineData("ResNet50", "resnet50")]
    [InlineData("ResNet101", "resnet101")]
    [InlineData("ResNet152", "resnet152")]
    [InlineData("InceptionV3", "inception_v3")]
    [InlineData("Xception", "xception")]
    [InlineData("MobileNet", "mobilenet_v1")]
    [InlineData("MobileNetV2", "mobilenet_v2")]
    [InlineData("MobileNetV3Small", "mobilenet_v3_small")]
    [InlineData("MobileNetV3Large", "mobilenet_v3_large")]
    [InlineData("DenseNet121", "densenet121")]
    [InlineData("EfficientNetB0", "efficientnet_b0")]
    [InlineData("ConvNeXtTiny", "convnext_tiny")]
    public void Find_NameThatKerasUses_GivesTheArchitecture(string keras, string architecture)
    {
        BackboneRegistry.Find(keras).Architecture.ShouldBe(architecture);
        BackboneRegistry.Find(keras.ToUpperInvariant()).Architecture.ShouldBe(architecture);
        BackboneRegistry.FindWeights(keras).Architecture.ShouldBe(architecture);
    }

    [Theory]
    [InlineData("resnet18", "x")]
    [InlineData("x", "resnet18")]
    [InlineData("x", "MOBILENET")]
    [InlineData("x", "VGG16.imagenet1k_v1")]
    [InlineData("x", "X")]
    public void Register_NameOrAliasThatIsTaken_Throws(string architecture, string alias)
    {
        var entry = new BackboneEntry(architecture, _ => throw new InvalidOperationException("not to be built"), []) { Aliases = [alias] };
        Should.Throw<ArgumentException>(() => BackboneRegistry.Register(entry)).Message.ShouldContain("registered already");
        BackboneRegistry.All.ShouldNotContain(e => e.Architecture == "x");
    }

    [Theory]
    [InlineData(0, 3, "class")]
    [InlineData(-5, 3, "class")]
    [InlineData(10, 0, "input channel")]
    public void Build_ImpossibleOptions_SaysWhichAndWhy(int classes, int channels, string word) =>
        Should.Throw<CaptionTLException>(() => BackboneRegistry.Find("resnet18")
            .Build(new BackboneOptions { Classes = classes, InputChannels = channels })).Message.ShouldContain(word);

    [Fact]
    public void FindWeights_ArchitectureOrWeights_GiveTheSame() =>
        BackboneRegistry.FindWeights("tf_efficientnet_lite0").ShouldBe(BackboneRegistry.FindWeights("tf_efficientnet_lite0.in1k"));

    [Fact]
    public void ForwardTo_UnknownCut_ListsTheBlocks()
    {
        using var backbone = BackboneRegistry.Find("resnet18").Build(new BackboneOptions { Classes = 10 });
        Should.Throw<CaptionTLException>(() => backbone.IndexOf("layer9")).Message.ShouldContain("stem, layer1, layer2, layer3, layer4");
    }
}
