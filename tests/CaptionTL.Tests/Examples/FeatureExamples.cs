using CaptionTL.Backbones;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Examples;

/// <summary>Features computed once, kept in a file, and a new network on them.</summary>
[Collection(nameof(TorchCollection))]
public class FeatureExamples(ExampleNetworks networks) : IClassFixture<ExampleNetworks>
{
    public static TheoryData<string> Names => ExampleNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Extract_SavedAndReadAgain_IsTheSame(string name)
    {
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        var (folder, file) = (networks.Train, networks.NewFile());

        // README: features of a folder, kept in a file
        var images = new FolderImages(folder, network.Preprocessing) { BatchSize = 20 };
        using var features = ImageFeatures.Extract(network.Layer(network.Blocks[^1].Name), images);
        features.Save(file);
        using var again = ImageFeatures.Load(file);
        // end

        again.Values.bytes.SequenceEqual(features.Values.bytes).ShouldBeTrue();
        again.Labels.data<long>().ToArray()
            .ShouldBe([.. features.Ids.Select(id => id.Contains("bees", StringComparison.Ordinal) ? 1L : 0L)]);
        again.Ids.ShouldBe(features.Ids);
        again.Classes.ShouldBe(["ants", "bees"]);
        again.Size.ShouldBe(network.SizeOf(network.Blocks[^1].Name));
        using var __ = no_grad();
        foreach (var batch in images.InOrder())
        {
            using var grid = network.Backbone.ForwardTo(batch.Inputs, network.Backbone.LastCut);
            again.Values.allclose(grid).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_HeadOnSavedFeatures_LearnsTheClasses(string name)
    {
        manual_seed(3);
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        var (file, validationFile) = (networks.NewFile(), networks.NewFile());
        foreach (var (folder, target) in ((string, string)[])[(networks.Train, file), (networks.Validation, validationFile)])
        {
            using var extracted = ImageFeatures.Extract(network.Layer(network.Blocks[^1].Name),
                new FolderImages(folder, network.Preprocessing));
            extracted.Save(target);
        }
        var before = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            // README: a new network on the features
            using var features = ImageFeatures.Load(file);
            using var validation = ImageFeatures.Load(validationFile);
            using var head = Sequential(Flatten(), Linear(features.Size, 256), ReLU(), Dropout(0.5), Linear(256, 1), Sigmoid());
            using var optimizer = optim.RMSProp(head.parameters(), lr: 1e-4);
            var losses = head.Fit(features, epochs: 10, optimizer, ClassLoss.Binary);
            Console.WriteLine($"loss {losses[^1]:0.000}, {head.Accuracy(validation):P0} of the validation images right");
            // end

            losses[^1].ShouldBeLessThan(losses[0] / 2);
            if (ExampleNetworks.IsPublished(name)) head.Accuracy(validation).ShouldBeGreaterThanOrEqualTo(0.9);
            printed.ToString().ShouldContain("of the validation images right");
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
