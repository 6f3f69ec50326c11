using System.Globalization;
// README: names used below
using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
// end
using static CaptionTL.Tests.Backbones.RegisteredBackbones;

namespace CaptionTL.Tests.Examples;

/// <summary>Loading a network, looking at it, freezing parts of it.</summary>
[Collection(nameof(TorchCollection))]
public class BackboneExamples(ExampleNetworks networks) : IClassFixture<ExampleNetworks>
{
    public static TheoryData<string> Names => ExampleNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_WithoutTop_PrintsItsSummary(string name)
    {
        var before = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            // README: load and print
            using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
            Console.WriteLine(network.Summary);
            // end

            var text = printed.ToString();
            text.ShouldContain("input 3 × 150 × 150");
            network.Blocks.ShouldAllBe(b => text.Contains(b.Name, StringComparison.Ordinal));
            text.ShouldContain(string.Create(CultureInfo.InvariantCulture,
                $"parameters {network.Backbone.parameters().Sum(p => p.numel()):#,0}, "
                + $"trainable"));
            text.ShouldNotContain("top");
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Freeze_AllButTheLastBlock_ChangesNothingElse(string name)
    {
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);

        // README: freeze by name
        var layer = network.Summary.Layers.First(l => l.Kind == "Conv2d").Name; // VGG16: features.0
        network.Freezing.Freeze(layer);                                         // one layer
        network.Freezing.FreezeAll();                                           // all layers
        network.Freezing.Unfreeze(network.Blocks[^1].Name);                     // all but block5
        network.Freezing.FreezeBatchNorm();                                     // which VGG16 has none of
        // end

        var before = Snapshot(network.Backbone);
        using var model = Sequential(network.Layer(network.Blocks[^1].Name), AdaptiveAvgPool2d(1), Flatten(),
            Linear(network.Backbone.FeatureChannels, 2));
        using var optimizer = optim.SGD(model.parameters(), 0.1, momentum: 0.9, weight_decay: 0.1);
        model.Fit(new FolderImages(networks.Train, network.Preprocessing), epochs: 1, optimizer, ClassLoss.Categorical);
        var changed = Changed(network.Backbone, before);
        changed.ShouldBe(before.Keys.Where(n => network.Blocks[^1].BelongsTo(n) && network.Backbone.get_parameter(n)
            is { requires_grad: true }), ignoreOrder: true);
        changed.ShouldNotBeEmpty();
        network.Freezing.IsFrozen(layer).ShouldBeTrue();
    }
}
