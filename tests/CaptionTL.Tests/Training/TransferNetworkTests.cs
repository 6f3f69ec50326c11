using System.Runtime.InteropServices;
using CaptionTL.Backbones;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public sealed class TransferNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-network-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("last:1")]
    [InlineData("last:3")]
    [InlineData("layer2")]
    [InlineData("from:layer4")]
    [InlineData("all")]
    public void Features_OfAnyCut_AreTheLayersOwn(string unfreeze)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var phase = ToyClasses.Phase("only", unfreeze, 1);
        using var network = ToyClasses.Network(ToyClasses.Plan(phase));
        using var backbone = ToyClasses.Backbone();
        network.Begin(phase);
        network.Train(false);
        var at = backbone.ForwardTo(ToyClasses.Pixels(), network.CutOf(phase));
        var features = network.Features(at.permute(0, 2, 3, 1).reshape(at.shape[0], -1, at.shape[1]));
        var expected = backbone.ForwardTo(ToyClasses.Pixels(), backbone.LastCut).permute(0, 2, 3, 1).reshape(features.shape);
        (features - expected).abs().max().item<float>().ShouldBeLessThan(1e-4f * expected.abs().max().item<float>());
    }

    [Theory]
    [InlineData("none", "layer4")]
    [InlineData("last:1", "layer3")]
    [InlineData("layer2", "layer1")]
    [InlineData("all", "pixels")]
    public void CutOf_WhatTrains_IsTheBlockBeforeIt(string unfreeze, string cut)
    {
        var phase = ToyClasses.Phase("only", unfreeze, 1);
        using var network = ToyClasses.Network(ToyClasses.Plan(phase));
        network.CutOf(phase).ShouldBe(cut);
    }

    [Fact]
    public void Construct_BlockThatIsNotThere_NamesThoseThatAre()
    {
        var plan = ToyClasses.Plan(ToyClasses.Phase("wrong", "layer9", 1));
        Should.Throw<CaptionTLException>(() => ToyClasses.Network(plan)).Message.ShouldContain("layer4");
    }

    [Fact]
    public void Train_WarmUpThenFineTune_ChangesOnlyWhatThePhasesName()
    {
        using var scope = NewDisposeScope();
        var plan = ToyClasses.Plan(ToyClasses.Phase("warm-up", "none", 2), ToyClasses.Phase("fine-tune", "last:1", 3));
        using var network = ToyClasses.Network(plan);
        using var original = ToyClasses.Backbone();

        var state = Trainer(plan, network, "run").Train();

        state.Finished.ShouldBeTrue();
        var changed = Changed(original, network.Backbone!);
        changed.ShouldNotBeEmpty();
        changed.ShouldAllBe(name => name.StartsWith("layer4.", StringComparison.Ordinal)
            && name.EndsWith(".weight", StringComparison.Ordinal) && !name.Contains("bn", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_BatchNormAskedFor_TrainsItToo()
    {
        using var scope = NewDisposeScope();
        var plan = ToyClasses.Plan(ToyClasses.Phase("fine-tune", "last:1", 1) with { TrainBatchNorm = true });
        using var network = ToyClasses.Network(plan);
        using var original = ToyClasses.Backbone();
        Trainer(plan, network, "run").Train();
        var changed = Changed(original, network.Backbone!);
        changed.ShouldContain("layer4.0.bn1.weight");
        changed.ShouldContain("layer4.0.bn1.running_mean");
        changed.ShouldAllBe(name => name.StartsWith("layer4.", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_SeparableClasses_AreLearned()
    {
        using var scope = NewDisposeScope();
        var plan = ToyClasses.Plan(ToyClasses.Phase("warm-up", "none", 4),
            ToyClasses.Phase("fine-tune", "last:1", 12) with { BackboneRate = 1 });
        using var network = ToyClasses.Network(plan);
        Trainer(plan, network, "run").Train().BestScore!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void Train_InterruptedAnywhere_EndsWithTheSameBits()
    {
        using var scope = NewDisposeScope();
        var plan = ToyClasses.Plan(ToyClasses.Phase("warm-up", "none", 2),
            ToyClasses.Phase("fine-tune", "last:1", 2) with { Mixup = 0.4 });
        using (var network = ToyClasses.Network(plan)) Trainer(plan, network, "whole").Train();
        for (var stops = 0; ; stops++)
        {
            using var network = ToyClasses.Network(plan);
            using var stop = new CancellationTokenSource();
            var steps = 0;
            var progress = new ImmediateProgress<TrainingProgress>(p =>
                { if (p.Activity == "train" && ++steps == 2 + stops % 3) stop.Cancel(); });
            try
            {
                Trainer(plan, network, "stopped").Train(progress, stop.Token);
                stops.ShouldBeGreaterThan(2);
                break;
            }
            catch (OperationCanceledException)
            {
                stops.ShouldBeLessThan(50);
            }
        }
        Saved("stopped").ShouldBe(Saved("whole"));
    }

    [Fact]
    public void Trained_BlockDecay_GivesEarlierBlocksSmallerRates()
    {
        var phase = ToyClasses.Phase("only", "last:2", 1) with { BackboneRate = 0.5, BlockDecay = 0.1 };
        using var network = ToyClasses.Network(ToyClasses.Plan(phase));
        network.Begin(phase);
        var rates = TrainedParameters.Of(network, phase).Select(g => g.Rate).Distinct().ToArray();
        rates.ShouldBe([1, 0.5, 0.05], 1e-12);
    }

    private Trainer Trainer(TransferPlan plan, TransferNetwork network, string run) =>
        new(plan, ToyClasses.Training(network, plan), new ToyClasses(), new RunFolder(Path.Combine(_folder, run)));

    private Dictionary<string, string> Saved(string run) => CheckpointDigests.Of(Path.Combine(_folder, run));

    private static List<string> Changed(Backbone before, Backbone after)
    {
        var old = before.state_dict();
        return [.. after.state_dict()
            .Where(p => !MemoryMarshal.AsBytes(p.Value.bytes).SequenceEqual(MemoryMarshal.AsBytes(old[p.Key].bytes))).Select(p => p.Key)];
    }
}
