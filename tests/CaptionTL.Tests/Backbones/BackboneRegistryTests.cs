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
        Should.Throw<ArgumentException>(() => BackboneRegistry.Register(BackboneRegistry.Find("resnet18"))).Message.ShouldContain("resnet18");

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
