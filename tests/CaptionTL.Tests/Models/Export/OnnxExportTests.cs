using System.Text;
using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Classes;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Models.Export;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Tests.Backbones;
using CaptionTL.Tests.Classes;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models.Export;

/// <summary>
/// Bundles as ONNX folders: Lite0 and ResNet-18 with weights by the reference's rule under small heads, run by ONNX Runtime.
/// </summary>
[Collection(nameof(TorchCollection))]
public sealed class OnnxExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Bundle => _folder.File("toy.captiontl");

    private string Out => _folder.File("out");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Classifier_GivesTheBundlesProbabilities()
    {
        WriteClassifier();
        var export = OnnxExport.Write(Bundle, Out);
        export.Files.Select(f => f.Name).ShouldBe(["model.onnx"]);
        export.Files[0].Inputs.Single().Shape.ShouldBe([-1, 3, 96, 96]);
        export.Files[0].Outputs.Single().Shape.ShouldBe([-1, 3]);
        File.ReadAllText(Path.Combine(Out, "labels.txt")).ShouldBe("ant\nbee\nwasp\n");
        var readme = File.ReadAllText(Path.Combine(Out, "README.md"));
        readme.ShouldContain("(0.5, 0.5, 0.5)");
        readme.ShouldContain("| out | `probabilities` | float32 | (n, 3) |");

        using var scope = NewDisposeScope();
        using var classifier = Classifier.Load(Bundle, Precision.Float32);
        var images = Images(classifier.Preprocessor);
        var expected = classifier.Classify(images)
            .SelectMany(c => classifier.Classes.Select(name => c.Ranked.Single(p => p.Name == name).Probability)).ToArray();
        var pixels = new PixelTensors(classifier.Manifest.Preprocessing);
        var actual = OnnxRunner.Run(Path.Combine(Out, "model.onnx"), ("pixels", pixels.Of(images)))["probabilities"];
        actual.shape.ShouldBe([2, 3]);
        actual.data<float>().Select(p => (double)p).ShouldBeNear(expected, 1e-5);
        expected.Max().ShouldBeLessThan(0.999); // or any scores would do
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_Captioner_StepsAsTheDecoderDoes(bool attention)
    {
        WriteCaptioner(attention);
        var export = OnnxExport.Write(Bundle, Out);
        export.Files.Select(f => f.Name).ShouldBe(["encoder.onnx", "decoder-start.onnx", "decoder-step.onnx"]);
        File.ReadAllLines(Path.Combine(Out, "vocab.txt")).ShouldContain("coffee");
        File.ReadAllText(Path.Combine(Out, "README.md")).ShouldContain("word 1 (`<bos>`)");

        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        using var captioner = Captioner.Load(Bundle, Precision.Float32);
        var images = Images(captioner.Preprocessor);
        var pixels = new PixelTensors(captioner.Manifest.Preprocessing);
        var grid = OnnxRunner.Run(Path.Combine(Out, "encoder.onnx"), ("pixels", pixels.Of(images)))["grid"];
        var expected = captioner.Encoder.Encode(images);
        ((grid - expected).abs().max() / expected.std()).item<float>().ShouldBeLessThan(1e-4f);

        var start = OnnxRunner.Run(Path.Combine(Out, "decoder-start.onnx"), ("grid", expected));
        var memory = captioner.Search.Decoder.Memory(expected);
        var state = captioner.Search.Decoder.Start(memory);
        Near(start["hidden"], state.Hidden);
        Near(start["cell"], state.Cell);
        var (hidden, cell) = (start["hidden"], start["cell"]);
        foreach (var word in (long[])[Vocabulary.Bos, 5, 7])
        {
            var words = tensor([word, word + 1]);
            (string, Tensor)[] inputs = [("word", words), ("hidden", hidden), ("cell", cell), ("gates", start["gates"]), .. attention
                ? [("memory", start["memory"])] : Array.Empty<(string, Tensor)>()];
            var step = OnnxRunner.Run(Path.Combine(Out, "decoder-step.onnx"), inputs);
            var ours = captioner.Search.Decoder.Step(memory, captioner.Search.Decoder.WordGates(words), state);
            Near(step["log_probabilities"], captioner.Search.Decoder.Scores(ours.Seen).log_softmax(1));
            if (attention) Near(step["attention"], ours.Attention!);
            (hidden, cell, state) = (step["next_hidden"], step["next_cell"], ours.State);
        }

        static void Near(Tensor actual, Tensor expected)
        {
            actual.shape.ShouldBe(expected.shape);
            (actual - expected).abs().max().item<float>().ShouldBeLessThan(1e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(ClassicalData.Kinds), MemberType = typeof(ClassicalData))]
    public void Make_ConventionalModel_GivesItsScores(ClassicalKind kind, SvmKernel kernel, FeatureDistance distance, bool standardize,
        int classes)
    {
        using var scope = NewDisposeScope();
        var settings = new ClassicalSettings { Kind = kind, Kernel = kernel, Distance = distance, Standardize = standardize };
        using var head = new ClassicalClassHead(
            ClassicalHead.Fit(settings, ClassicalData.Features("export", 60, 6, classes), ClassicalData.Labels(60, classes)),
                Pooling.Average);
        var grid = tensor(Goldens.Uniform("grids", 20 * 4 * 6), 20, 4, 6);
        var expected = head.Scores(grid);
        var graph = new OnnxGraph("head");
        graph.Output(((IClassHead)head).Write(graph, graph.Input("grid", "", [4, 6])), "scores", "");

        OnnxRunner.Run(graph.ToBytes(), ("grid", grid))["scores"].data<float>()
            .Select(s => (double)s).ShouldBeNear([.. expected.SelectMany(s => s)], 2e-4);
    }

    [Fact]
    public void Write_FolderWithFiles_IsRefusedAndLeftAsItIs()
    {
        WriteClassifier();
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "README.md"), "mine");
        Should.Throw<CaptionTLException>(() => OnnxExport.Write(Bundle, Out)).Message.ShouldContain("not an empty folder");
        Directory.EnumerateFiles(Out).ShouldHaveSingleItem();
        File.ReadAllText(Path.Combine(Out, "README.md")).ShouldBe("mine");
    }

    private static List<RgbImage> Images(Preprocessor preprocessor) =>
        [.. new[] { "coffee.png", "chelsea.png" }
            .Select(name => preprocessor.Prepare(File.ReadAllBytes(Path.Combine(Repository.Samples, name))))];

    private void WriteClassifier()
    {
        using var scope = NewDisposeScope();
        var plan = new DenseHeadPlan { Hidden = [16], Pooling = Pooling.Both };
        using var head = new DenseHead(plan, 1280, 9, 3);
        using (no_grad()) ArchitectureParityTests.Fill(head, "head");
        Write("tf_efficientnet_lite0", "conv_head", PlanPresets.Caption with { Head = plan, Phases = [] },
            BundleHead.Classifier(TrainedBundle.Tensors(head.state_dict()), Encoding.UTF8.GetBytes("ant\nbee\nwasp\n"), temperature: 1.7));
    }

    private void WriteCaptioner(bool attention)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var vocabulary = new Vocabulary(["a", "cup", "of", "coffee", "dog", "runs"]);
        using var decoder = new CaptionDecoder(new CaptionDecoderOptions { Channels = 512, Cells = 9, VocabularySize = vocabulary.Count,
            Hidden = 16, Attention = attention, Heads = 4 });
        Write("resnet18", "layer4", PlanPresets.Caption,
            BundleHead.Captioner(decoder, new DecoderWords(vocabulary, new DecodingOptions())));
    }

    private void Write(string architecture, string layer, TransferPlan plan, BundleHead head)
    {
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions { IncludeTop = false });
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "bundle");
        backbone.eval();
        var weights = BackboneRegistry.FindWeights(architecture);
        var preprocessing = weights.Preprocessing with { Width = 96, Height = 96, Resize = ResizeMode.Squash };
        new TrainedBundle(plan with { Backbone = weights.Name }, weights, "00ff", preprocessing)
        {
            Name = "toy", Data = new BundleData("none", 1, 3), Head = head,
        }.Write(Bundle, backbone.Weights, layer);
    }
}
