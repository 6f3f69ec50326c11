using CaptionTL.Backbones;
using CaptionTL.Backbones.Nodes;
using CaptionTL.Datasets;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Tests.Datasets;
using CaptionTL.Tests.Models.Export;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace CaptionTL.Tests.Examples;

/// <summary>A backbone, a head and a layout of one's own.</summary>
[Collection(nameof(TorchCollection))]
public class ExtensionExamples(ExampleNetworks networks) : IClassFixture<ExampleNetworks>
{
    // README: a backbone
    internal static class SmallNet
    {
        private static NetworkBlock Block(string name, int input, int output) => new(name, new Scope(name, "Sequential", new Seq(
            new Conv("0", input, output, 3, Stride: 2) { Padding = 1 }, new BatchNorm("1", output), new Activation(Function.Relu))));

        private static Network Describe(BackboneOptions options) => new(128,
            [Block("features.0", options.InputChannels, 32), Block("features.1", 32, 64), Block("features.2", 64, 128)],
            new Seq(new AdaptiveAvgPool(1), new Flatten(), new Linear("fc", 128, options.Classes)));
        // end

        // README: its row
        public static BackboneEntry Entry { get; } = new("smallnet", Describe, [])
        {
            Classifier = "fc",
            FirstConvolution = "features.0.0",
        };
    }
    // end

    // README: a head
    internal sealed class CosineHead : Module<Tensor, Tensor>
    {
        private readonly Parameter axes;
        public CosineHead(long size, long classes) : base(nameof(CosineHead))
        {
            axes = new Parameter(randn(classes, size) * 0.01);
            RegisterComponents();
        }
        public override Tensor forward(Tensor x) => 20 * functional.linear(functional.normalize(x.flatten(1)), functional.normalize(axes));
    }
    // end

    // README: a layout
    internal static class TextFileLayout
    {
        public static CaptionDataset? TryOpen(DatasetFiles files)
        {
            var builder = new CaptionDatasetBuilder(files, "a text file beside each image");
            foreach (var file in files.WithExtension(".txt"))
                builder.Add(file, line: 0, Path.ChangeExtension(file, ".jpg"), files.Lines(file).Select(l => l.Text));
            return builder.Build() is { Items.Count: > 0 } found ? found : null;
        }
    }
    // end

    public static TheoryData<string> Names => ExampleNetworks.Names;

    [Fact]
    public void SmallNet_Built_HasBlocksAndATop()
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = SmallNet.Entry.Build(new BackboneOptions { Classes = 7 });
        backbone.eval();
        var pixels = tensor(Goldens.Uniform("pixels", 2L * 3 * 64 * 64), [2, 3, 64, 64]);

        var scores = backbone.call(pixels);

        scores.shape.ShouldBe([2, 7]);
        backbone.ForwardTo(pixels, "features.1").shape.ShouldBe([2, 64, 16, 16]);
        foreach (var name in backbone.state_dict().Keys)
            backbone.Blocks.SelectMany(b => b.Prefixes).Concat(backbone.TopPrefixes)
                .Count(p => name.StartsWith(p, StringComparison.Ordinal)).ShouldBe(1, name);
        var graph = new OnnxGraph("smallnet");
        var grid = backbone.Weights.WriteBlocks(graph, Network.PixelsCut, backbone.LastCut, graph.Input("pixels", "", [3, 64, 64]));
        graph.Output(backbone.Weights.WriteTop(graph, grid), "scores", "");
        OnnxRunner.Run(graph.ToBytes(), ("pixels", pixels))["scores"].allclose(scores, rtol: 1e-3, atol: 1e-4).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CosineHead_Fitted_LearnsTheClasses(string name)
    {
        manual_seed(3);
        using var network = Pretrained.Load(name, includeTop: false, inputSize: 150);
        var file = networks.NewFile();
        using (var extracted = ImageFeatures.Extract(network.Layer(network.Blocks[^1].Name),
            new FolderImages(networks.Train, network.Preprocessing))) extracted.Save(file);

        // README: a head is trained
        using var features = ImageFeatures.Load(file);
        using var head = new CosineHead(features.Size, features.Classes.Count);
        using var optimizer = optim.Adam(head.parameters(), lr: 1e-2);
        head.Fit(features, epochs: 20, optimizer, ClassLoss.Categorical);
        // end

        head.Accuracy(features).ShouldBeGreaterThanOrEqualTo(0.9);
    }

    [Fact]
    public void TextFileLayout_TextBesideAImage_IsItsCaptions()
    {
        using var folder = new DatasetFolder().Images("a.jpg", "trip/b.jpg").Text("a.txt", "A rocket.\nA launch pad.\n")
            .Text("trip/b.txt", "A rocket again.\n");
        using var files = new FolderFiles(folder.Root);

        var dataset = TextFileLayout.TryOpen(files);

        dataset!.Items.Select(i => string.Join(" | ", i.Captions)).ShouldBe(["A rocket. | A launch pad.", "A rocket again."]);
        using var empty = new DatasetFolder().Text("notes.txt", "nothing\n");
        using var notes = new FolderFiles(empty.Root);
        TextFileLayout.TryOpen(notes).ShouldBeNull();
    }
}
