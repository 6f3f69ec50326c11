using CaptionTL.Backbones;
using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Tests.Models.Export;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>What every registered architecture can do, whichever it is.</summary>
[Collection(nameof(TorchCollection))]
public class EveryBackboneTests
{
    private static readonly BackboneOptions Ten = new() { Classes = 10 };

    public static TheoryData<string> Architectures => [.. BackboneRegistry.All.Select(e => e.Architecture)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void StateDict_EveryName_BelongsToOneBlockOrTheTop(string architecture)
    {
        var entry = BackboneRegistry.Find(architecture);
        using var scope = NewDisposeScope();
        using var backbone = entry.Build(Ten);
        var names = backbone.state_dict().Keys.ToList();

        foreach (var name in names)
            backbone.Blocks.Select(b => b.Prefixes).Append(backbone.TopPrefixes)
                .Count(prefixes => prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal))).ShouldBe(1, name);
        foreach (var prefix in backbone.Blocks.SelectMany(b => b.Prefixes)
            .Where(p => p.Contains("conv", StringComparison.OrdinalIgnoreCase)))
            names.ShouldContain(n => n.StartsWith(prefix, StringComparison.Ordinal), prefix);
        backbone.Blocks.Select(b => b.Name).ShouldBeUnique();
        backbone.state_dict()[entry.Classifier + ".weight"].shape[0].ShouldBe(10);
        backbone.state_dict()[entry.FirstConvolution + ".weight"].shape[1].ShouldBe(3);
    }

    /// <summary>Frozen networks are read by the description alone.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void State_OfTheDescription_IsTheModules(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten);

        backbone.Network.State.Select(s => $"{s.Name} [{string.Join(", ", s.Shape)}]")
            .ShouldBe(backbone.state_dict().Select(p => $"{p.Key} [{string.Join(", ", p.Value.shape)}]"), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Build_GreyWithoutTop_GivesTheLastGridAndNoScores(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions { InputChannels = 1, IncludeTop = false });
        backbone.eval();
        using var pixels = tensor(Goldens.Uniform("grey", 83 * 101), [1, 1, 83, 101]);

        var grid = backbone.call(pixels);

        grid.shape.Length.ShouldBe(4);
        grid.shape[1].ShouldBe(backbone.FeatureChannels);
        grid.isfinite().all().item<bool>().ShouldBeTrue();
        backbone.state_dict().Keys.ShouldNotContain(n => backbone.TopPrefixes.Any(p => n.StartsWith(p, StringComparison.Ordinal)));
        Should.Throw<CaptionTLException>(() => backbone.Top(grid)).Message.ShouldContain("without its top");
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_LeastSize_WorksAndOneLessIsRefused(string architecture)
    {
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten with { IncludeTop = false });
        backbone.eval();
        var least = backbone.MinimumSize;
        using var smallest = zeros(1, 3, least, least);
        using var scope = NewDisposeScope();

        using (var grid = backbone.call(smallest)) grid.numel().ShouldBeGreaterThan(0);
        using (backbone.ForwardTo(smallest, backbone.LastCut)) { }
        scope.DisposablesCount.ShouldBe(0, "intermediate tensors are disposed as soon as they are not needed");

        Should.Throw<CaptionTLException>(() => backbone.call(zeros(1, 3, least, least - 1))).Message.ShouldContain($"{least} × {least}");
        Should.Throw<CaptionTLException>(() => backbone.call(zeros(1, 2, 224, 224))).Message.ShouldContain("(images, 3, height, width)");
    }

    /// <summary>
    /// The two things that are made of a description: modules and graph agree at every block, at the size of the weights and at an odd
    /// one.
    /// </summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Write_EveryBlock_EqualsTheModules(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten);
        Randomise(backbone);
        backbone.eval();
        foreach (var (height, width) in ((int, int)[])[
            (Math.Max(33, backbone.MinimumSize), Math.Max(47, backbone.MinimumSize + 2)), (96, 96)])
        {
            var input = tensor(Goldens.Uniform("odd", 2L * 3 * height * width), [2, 3, height, width]);
            var graph = new OnnxGraph(architecture);
            var value = graph.Input("pixels", "", [3, height, width]);
            var writer = new NetworkWriter(graph, backbone.state_dict());
            foreach (var block in backbone.Blocks)
            {
                value = block.Node.Write(writer, value);
                graph.Output(value, block.Name, "");
            }
            graph.Output(backbone.Weights.WriteTop(graph, value), "scores", "");

            var outputs = OnnxRunner.Run(graph.ToBytes(), ("pixels", input));

            var grid = input;
            foreach (var block in backbone.Blocks)
            {
                grid = block.Forward(grid);
                graph.Outputs.Single(o => o.Name == block.Name).Shape.ShouldBe([-1, .. grid.shape[1..]], block.Name);
                Agrees(outputs[block.Name], grid, block.Name);
            }
            Agrees(outputs["scores"], backbone.Top(grid), "scores");
            backbone.call(input).allclose(backbone.Top(grid)).ShouldBeTrue("the whole network is its blocks and its top");
        }

        void Agrees(Tensor actual, Tensor expected, string name)
        {
            actual.shape.ShouldBe(expected.shape, name);
            var deviation = Math.Max(1e-12, expected.numel() > 1 ? expected.std().item<float>() : expected.abs().item<float>());
            ((actual - expected).abs().max().item<float>() / deviation).ShouldBeLessThan(1e-4, name);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void CnnEncoder_CutInTheMiddle_LeadsToTheSameScores(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var entry = BackboneRegistry.Find(architecture);
        var backbone = entry.Build(Ten);
        Randomise(backbone);
        var size = Math.Max(64, backbone.MinimumSize);
        var preprocessing = entry.Weights[0].Preprocessing with { Width = size, Height = size };
        var image = new RgbImage(size, size, [.. Enumerable.Range(0, size * size * 3).Select(i => (byte)(i * 31))]);
        using var encoder = new CnnEncoder(backbone, preprocessing, "random", backbone.Blocks[backbone.Blocks.Count / 2].Name);
        var pixels = new PixelTensors(preprocessing);

        var scores = encoder.Classify([image]);

        var expected = backbone.call(pixels.Of([image]));
        ((scores - expected).abs().max() / expected.std()).item<float>().ShouldBeLessThan(1e-4f);
        encoder.Classify(encoder.Encode([image])).sum(1).item<float>().ShouldBe(1, 1e-5);
    }

    /// <summary>What runs on CUDA, here on the processor: the modules in bf16 point where the graph in fp32 does.</summary>
    [Theory]
    [InlineData("convnext_tiny")]
    [InlineData("resnet18")]
    [InlineData("tf_efficientnet_lite0")]
    [InlineData("densenet121")]
    public void DeviceNetwork_BFloat16_PointsWhereTheGraphDoes(string architecture)
    {
        using var scope = NewDisposeScope();
        var entry = BackboneRegistry.Find(architecture);
        using var backbone = entry.Build(Ten);
        using (no_grad()) Randomise(backbone);
        backbone.eval();
        var preprocessing = entry.Weights[0].Preprocessing with { Width = 64, Height = 64 };
        var image = new RgbImage(64, 64, [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i * 31))]);
        var cut = backbone.Network.CutAt(64, 64, backbone.LastCut);
        long[] grid = [cut.Channels, cut.Height, cut.Width];
        using var compiled = new CompiledNetwork(backbone.Weights, cut.Name, grid, preprocessing);
        var (embeddings, scores) = (compiled.Encode([image]), compiled.Scores(compiled.Encode([image])));

        using var device = new DeviceNetwork(backbone, cut.Name, grid, preprocessing, Precision.BFloat16);

        var rounded = device.Encode([image]);
        Cosine(rounded, embeddings).ShouldBeGreaterThan(0.99f);
        Cosine(device.Scores(rounded), scores).ShouldBeGreaterThan(0.99f);

        static float Cosine(Tensor a, Tensor b) => ((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt()).item<float>();
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void CnnEncoder_EveryCut_GivesItsEmbeddings(string architecture)
    {
        using var scope = NewDisposeScope();
        var weights = BackboneRegistry.Find(architecture).Weights[0];
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten with { IncludeTop = false });
        var size = Math.Max(48, backbone.MinimumSize);
        var cut = backbone.Blocks[^2].Name;
        using var encoder = new CnnEncoder(backbone, weights.Preprocessing with { Width = size, Height = size }, "random", cut,
            Precision.Float32);
        var image = new RgbImage(size, size, [.. Enumerable.Range(0, size * size * 3).Select(i => (byte)(i * 31))]);

        using var embeddings = encoder.Encode([image, image]);

        embeddings.shape.ShouldBe([2, encoder.Cells, encoder.Channels]);
        embeddings.isfinite().all().item<bool>().ShouldBeTrue();
    }

    // Weights such that values neither grow nor vanish, and statistics that normalisation has something to do with.
    private static void Randomise(Backbone backbone)
    {
        foreach (var (name, value) in backbone.state_dict())
        {
            if (!value.is_floating_point()) continue;
            var last = name[(name.LastIndexOf('.') + 1)..];
            if (last == "weight" && value.dim() >= 2) value.mul_(Math.Sqrt(3)); // from ±1/√fan, which layers start with, to ±√(3/fan)
            else using (var u = tensor(Goldens.Uniform(name, value.numel()), value.shape)) value.copy_(last is "bias" or "running_mean"
                ? u.mul_(0.1) : u.mul_(0.1).add_(1));
        }
    }
}
