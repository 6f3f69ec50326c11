using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Training;
using TorchSharp;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Examples;

/// <summary>Pretrained network and new layers in one graph.</summary>
[Collection(nameof(TorchCollection))]
public class ModelExamples(ExampleNetworks networks) : IClassFixture<ExampleNetworks>
{
    public static TheoryData<string> Names => ExampleNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_FrozenBaseWithAugmentation_TrainsTheHeadOnly(string name)
    {
        manual_seed(3);
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        var folder = networks.Train;
        var before = Snapshot(network.Backbone);

        // README: the same on the frozen network, with augmentation
        network.Freezing.FreezeAll();
        var last = network.Blocks[^1].Name; // VGG16: block5
        using var model = Sequential(
            network.Layer(last), Flatten(), Linear(network.SizeOf(last), 256), ReLU(), Dropout(0.5), Linear(256, 1), Sigmoid());
        var crops = new Augmentation { MinScale = 0.8 };
        var images = new FolderImages(folder, network.Preprocessing) { BatchSize = 8, Augmentation = crops };
        using var optimizer = optim.RMSProp(model.parameters(), lr: 1e-4);
        var losses = model.Fit(images, epochs: 5, optimizer, ClassLoss.Binary);
        // end

        losses[^1].ShouldBeLessThan(losses[0]);
        Changed(network.Backbone, before).ShouldBeEmpty();
        if (ExampleNetworks.IsPublished(name))
            model.Accuracy(new FolderImages(networks.Validation, network.Preprocessing)).ShouldBeGreaterThanOrEqualTo(0.9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Layer_LogitsOrAnyOther_CarriesNewLayers(string name)
    {
        // README: new layers on any layer's output
        using var network = Pretrained.Load(name);
        network.Freezing.FreezeAll();
        using var onLogits = Sequential(network.Layer("logits"), ReLU(), Linear(1000, 2));
        var layer = network.Summary.Layers.Last(l => l.Kind == "Conv2d"); // VGG16: features.28
        using var onLayer = Sequential(
            network.Layer(layer.Name), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(layer.OutputShape![0], 2));
        // end

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var size = network.Preprocessing.Height;
        var input = tensor(Goldens.Uniform("pixels", 2L * 3 * size * size), [2, 3, size, size]);
        foreach (var (model, at) in ((Module<Tensor, Tensor>, string)[])[(onLogits, "logits"), (onLayer, layer.Name)])
        {
            var top = (TorchSharp.Modules.Linear)model.children().Last();
            var features = LayerFeatures.Extract(network.Backbone, input, at)[at].relu();
            if (features.dim() == 4) features = features.mean([2, 3]);
            model.call(input).allclose(features.matmul(top.weight!.t()).add(top.bias!), rtol: 1e-3, atol: 1e-4).ShouldBeTrue(at);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_WarmUpThenTraining_ChangesTheLastBlockInTheSecondPhaseOnly(string name)
    {
        manual_seed(3);
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        var images = new FolderImages(networks.Train, network.Preprocessing) { BatchSize = 8 };
        using var model = Sequential(network.Layer(network.Blocks[^1].Name), AdaptiveAvgPool2d(1), Flatten(),
            Linear(network.Backbone.FeatureChannels, 2));
        var before = Snapshot(network.Backbone);

        // README: warm-up, then training
        network.Freezing.FreezeAll();
        using var warmUp = optim.Adam(model.parameters(), lr: 1e-3);
        var first = model.Fit(images, epochs: 2, warmUp, ClassLoss.Categorical);
        network.Freezing.Train(network.Blocks[^1].Name); // VGG16: block5; batch normalisation stays frozen
        using var training = optim.Adam(model.parameters(), lr: 1e-4);
        var then = model.Fit(images, epochs: 3, training, ClassLoss.Categorical, firstEpoch: 2);
        // end

        then[^1].ShouldBeLessThan(first[0]);
        var changed = Changed(network.Backbone, before);
        changed.ShouldNotBeEmpty();
        var last = network.Blocks[^1];
        changed.ShouldAllBe(n => last.BelongsTo(n) && !n.StartsWith("bn", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Epoch_BatchesOfAFolder_TrainAnOrdinaryLoop(string name)
    {
        manual_seed(3);
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        network.Freezing.FreezeAll();
        var folder = networks.Train;
        using var model = Sequential(network.Layer(network.Blocks[^1].Name), AdaptiveAvgPool2d(1), Flatten(),
            Linear(network.Backbone.FeatureChannels, 2));
        using var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        var before = networks.Loss(model, network.Preprocessing);

        // README: batches of a folder that does not fit in memory
        var images = new FolderImages(folder, network.Preprocessing) { BatchSize = 4, Seed = 7 };
        for (var epoch = 0; epoch < 3; epoch++)
            foreach (var batch in images.Epoch(epoch)) // Inputs (N, 3, 150, 150), Labels (N)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                functional.cross_entropy(model.call(batch.Inputs), batch.Labels).backward();
                optimizer.step();
            }
        // end

        networks.Loss(model, network.Preprocessing).ShouldBeLessThan(before);
        if (ExampleNetworks.IsPublished(name))
            model.Accuracy(new FolderImages(networks.Validation, network.Preprocessing)).ShouldBeGreaterThanOrEqualTo(0.9);
    }
}
