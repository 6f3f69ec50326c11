using CaptionTL.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>Frozen means frozen: bit for bit, statistics included, whatever mode the network is set to.</summary>
[Collection(nameof(TorchCollection))]
public class FreezingTests
{
    public static TheoryData<string> All => Architectures;

    [Theory]
    [MemberData(nameof(All))]
    public void FreezeUpTo_TrainingSteps_LeaveFrozenBlocksBitForBit(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        var middle = backbone.Blocks.Count / 2;
        backbone.Freezing.FreezeUpTo(backbone.Blocks[middle].Name);
        var before = Snapshot(backbone);

        Train(backbone);

        var changed = Changed(backbone, before);
        changed.ShouldAllBe(name => !backbone.Blocks.Take(middle + 1).Any(b => b.BelongsTo(name)));
        changed.ShouldNotBeEmpty();
        backbone.Freezing.FrozenCut.ShouldBe(backbone.Blocks[middle].Name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void FreezeUpTo_TrainingMode_ComputesWhatInferenceModeComputes(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Build(architecture, top: false);
        var cut = backbone.Blocks[backbone.Blocks.Count / 2].Name;
        backbone.eval();
        var inference = backbone.ForwardTo(Pixels(backbone, 2), cut);

        backbone.Freezing.FreezeUpTo(cut);
        backbone.train();

        backbone.ForwardTo(Pixels(backbone, 2), cut).equal(inference).all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Train_All_KeepsBatchNormUnlessAskedFor(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Build(architecture, top: false);
        var norms = backbone.named_modules().Where(m => m.module is BatchNorm).Select(m => m.name + ".").ToList();
        bool IsNorm(string name) => norms.Exists(n => name.StartsWith(n, StringComparison.Ordinal));
        var before = Snapshot(backbone);

        backbone.Freezing.Train("all");
        Train(backbone, steps: 1);
        var withoutNorms = Changed(backbone, before);
        withoutNorms.ShouldNotBeEmpty();
        withoutNorms.Where(IsNorm).ShouldBeEmpty();

        backbone.Freezing.Train("all", batchNorm: true);
        Train(backbone, steps: 1);
        Changed(backbone, before).Count(name => IsNorm(name) && name.EndsWith("running_mean", StringComparison.Ordinal))
            .ShouldBe(norms.Count);
    }

    [Fact]
    public void Freeze_OneLayer_HoldsThatLayerOnly()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        backbone.Freezing.Freeze("layer3.0.conv1", "layer3.0.bn2");
        var before = Snapshot(backbone);

        Train(backbone);

        var unchanged = before.Keys.Except(Changed(backbone, before)).ToList();
        unchanged.ShouldBe(before.Keys.Where(n => n.StartsWith("layer3.0.conv1.") || n.StartsWith("layer3.0.bn2.")), ignoreOrder: true);
    }

    [Fact]
    public void Unfreeze_PartOfAFrozenBlock_TrainsThatPart()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        backbone.train();
        backbone.Freezing.FreezeAll();
        backbone.Freezing.Unfreeze("layer4.1");
        var before = Snapshot(backbone);

        Train(backbone);

        Changed(backbone, before).ShouldBe(before.Keys.Where(n => n.StartsWith("layer4.1.")), ignoreOrder: true);
        (backbone.Freezing.IsFrozen("layer4"), backbone.Freezing.IsFrozen("layer4.0"), backbone.Freezing.FrozenCut)
            .ShouldBe((false, true, "layer3"));
    }

    [Fact]
    public void Freeze_AfterBackward_DropsTheGradient()
    {
        using var scope = NewDisposeScope();
        using var backbone = Build("resnet18");
        using var optimizer = optim.SGD(backbone.parameters(), 0.1, momentum: 0.9, weight_decay: 0.1);
        backbone.call(Pixels(backbone, 2)).sum().backward();
        optimizer.step();
        backbone.call(Pixels(backbone, 2)).sum().backward();

        backbone.Freezing.FreezeAll();
        var before = Snapshot(backbone);
        optimizer.step();

        Changed(backbone, before).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("all", null, true)]
    [InlineData("none", "layer4", false)]
    [InlineData("top", "layer4", true)]
    [InlineData("last:0", "layer4", true)]
    [InlineData("last:2", "layer2", true)]
    [InlineData("last:5", null, true)]
    [InlineData("from:layer4", "layer3", true)]
    [InlineData("layer4", "layer3", true)]
    public void Train_Part_FreezesWhatComesBefore(string part, string? frozenCut, bool topTrains)
    {
        using var backbone = Build("resnet18");
        backbone.Freezing.FreezeAll();

        backbone.Freezing.Train(part, batchNorm: true);

        backbone.Freezing.FrozenCut.ShouldBe(frozenCut);
        backbone.Freezing.IsFrozen("fc").ShouldBe(!topTrains);
        foreach (var block in backbone.Blocks)
            backbone.Freezing.IsFrozen(block.Name)
                .ShouldBe(frozenCut is not null && backbone.IndexOf(block.Name) <= backbone.IndexOf(frozenCut), block.Name);
    }

    [Theory]
    [InlineData("last:6", "last:5")]
    [InlineData("last:x", "last:5")]
    [InlineData("from:layer7", "layer4")]
    [InlineData("layer7", "layer4")]
    public void Train_UnknownPart_SaysWhatThereIs(string part, string hint)
    {
        using var backbone = Build("resnet18");
        Should.Throw<CaptionTLException>(() => backbone.Freezing.Train(part)).Message.ShouldContain(hint);
        backbone.parameters().ShouldAllBe(p => p.requires_grad);
    }

    [Fact]
    public void Freeze_OneWrongName_ChangesNothing()
    {
        using var backbone = Build("resnet18");
        Should.Throw<CaptionTLException>(() => backbone.Freezing.Freeze("layer1", "layr2")).Message.ShouldContain("layer2");
        backbone.parameters().ShouldAllBe(p => p.requires_grad);
    }

    // Steps in training mode, set after freezing; large enough that every parameter with a gradient moves.
    private static void Train(Backbone backbone, int steps = 2)
    {
        using var optimizer = optim.SGD(backbone.parameters().Where(p => p.requires_grad), 0.1, weight_decay: 0.1);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            backbone.train();
            optimizer.zero_grad();
            var output = backbone.call(Pixels(backbone, 2) + step);
            output.pow(2).mean().backward();
            optimizer.step();
        }
    }
}
