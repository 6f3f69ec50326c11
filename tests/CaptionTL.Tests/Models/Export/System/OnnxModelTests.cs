using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Models.Export;
using CaptionTL.Tests.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models.Export;

/// <summary>
/// Backbones of every family as ONNX, with weights by the reference's rule, run by OpenCV; in numpy those that OpenCV 4.6 does not do as
/// the specification says: channels scaled picture by picture, padding within averages, layer normalisation.
/// </summary>
[Collection(nameof(TorchCollection))]
public sealed class OnnxModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Model => _folder.File("model.onnx");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tf_efficientnet_lite0", "opencv")]
    [InlineData("resnet18", "opencv")]
    [InlineData("keras_resnet50", "opencv")]
    [InlineData("vgg16_bn", "opencv")]
    [InlineData("mobilenet_v1", "opencv")]
    [InlineData("keras_mobilenet_v1", "opencv")]
    [InlineData("mobilenet_v2", "opencv")]
    [InlineData("mobilenet_v3_small", "numpy")]
    [InlineData("squeezenet1_1", "opencv")]
    [InlineData("efficientnet_b0", "numpy")]
    [InlineData("densenet121", "numpy")]
    [InlineData("inception_v3", "numpy")]
    [InlineData("keras_inception_v3", "opencv")]
    [InlineData("xception", "opencv")]
    [InlineData("keras_xception", "opencv")]
    [InlineData("convnext_tiny", "numpy")]
    public void Save_EncoderOfEveryFamily_GivesTheSameGridElsewhere(string architecture, string engine)
    {
        using var scope = NewDisposeScope();
        var preprocessing = BackboneRegistry.Find(architecture).Weights[0].Preprocessing with { Height = 96, Width = 96 };
        using var encoder = new CnnEncoder(Filled(architecture, new BackboneOptions { IncludeTop = false }), preprocessing, "", null, Precision.Float32);
        OnnxModel.Make("encoder", [ClassifierGraph.Pixels(encoder)], [new OnnxPort("grid", "")], inputs => [ClassifierGraph.Grid(encoder, inputs[0])]).Save(Model);
        Compare(engine, "grid", pixels => ClassifierGraph.Grid(encoder, pixels));
    }

    [Theory]
    [InlineData("tf_efficientnet_lite0")]
    [InlineData("resnet18")]
    [InlineData("squeezenet1_1")]
    public void Save_WholeNetwork_GivesTheSameLogitsInOpenCv(string architecture)
    {
        using var scope = NewDisposeScope();
        using var backbone = Filled(architecture, new BackboneOptions { Classes = 10 });
        backbone.Fold(ScalarType.Float32);
        OnnxModel.Make(architecture, [new OnnxPort("pixels", "") { Example = n => zeros(n, 3, 96, 96) }], [new OnnxPort("logits", "")], inputs => [backbone.call(inputs[0])]).Save(Model);
        Compare("opencv", "logits", backbone.call);
    }

    [Fact]
    public void Make_SmallNetwork_HasTheFieldsOfTheSpecification()
    {
        using var scope = NewDisposeScope();
        var weight = tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        OnnxModel.Make("small", [new OnnxPort("x", "in") { Example = n => zeros(n, 3) }], [new OnnxPort("y", "out")], inputs => [nn.functional.linear(inputs[0], weight).relu()])
            .With("made", "here").Save(Model);

        var model = new WireMessage(File.ReadAllBytes(Model));
        model.Numbers(1).ShouldBe([7]); // IR version
        model.Texts(2).ShouldBe(["CaptionTL"]);
        model.Messages(8).Single().Numbers(2).ShouldBe([OnnxOperators.Opset]);
        model.Messages(14).Single().Texts(2).ShouldBe(["here"]);
        var graph = model.Messages(7).Single();
        graph.Texts(2).ShouldBe(["small"]);
        var nodes = graph.Messages(1);
        nodes.Select(n => n.Texts(4).Single()).ShouldBe(["Gemm", "Relu"]);
        nodes[0].Texts(1)[0].ShouldBe("x");
        nodes[1].Texts(1).ShouldBe(nodes[0].Texts(2));
        nodes[1].Texts(2).ShouldBe(["y"]);
        var transposed = nodes[0].Messages(5).Single();
        transposed.Texts(1).ShouldBe(["transB"]);
        transposed.Numbers(3).ShouldBe([1]);
        transposed.Numbers(20).ShouldBe([2]); // a whole number
        var constant = graph.Messages(5).Single();
        constant.Numbers(1).ShouldBe([2, 3]);
        constant.Numbers(2).ShouldBe([1]); // fp32
        constant.Texts(8).Single().ShouldBe(nodes[0].Texts(1)[1]);
        constant.Bytes(9).ShouldBe(weight.bytes.ToArray());
        var dimensions = graph.Messages(11).Single().Messages(2).Single().Messages(1).Single().Messages(2).Single().Messages(1);
        dimensions[0].Texts(2).ShouldBe(["n"]);
        dimensions[1].Numbers(1).ShouldBe([3]);
    }

    [Fact]
    public void Make_ResultsOfConstants_BecomeOneConstant()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(3), full(3, 2.0f));
        OnnxModel.Make("sum", [new OnnxPort("x", "") { Example = n => zeros(n, 3) }], [new OnnxPort("y", "")], inputs => [inputs[0] + (a + b).exp()]).Save(Model);
        var graph = new WireMessage(File.ReadAllBytes(Model)).Messages(7).Single();
        graph.Messages(1).Select(n => n.Texts(4).Single()).ShouldBe(["Add"]);
        graph.Messages(5).Single().Bytes(9).ShouldBe((a + b).exp().bytes.ToArray());
    }

    [Fact]
    public void Make_OperatorThatCannotBeWritten_IsNamed()
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<CaptionTLException>(() => OnnxModel.Make("odd", [new OnnxPort("x", "") { Example = n => ones(n, 3) }], [new OnnxPort("y", "")], inputs => [inputs[0].cumsum(1)]));
        error.Message.ShouldContain("cumsum");
        error.Message.ShouldContain("conv2d");
    }

    [Fact]
    public void RequireRoom_MoreThanAFileHolds_IsRefused() =>
        Should.Throw<CaptionTLException>(() => OnnxModel.RequireRoom(3L << 30, "big")).Message.ShouldContain("3.2 GB");

    private static Backbone Filled(string architecture, BackboneOptions options)
    {
        var backbone = BackboneRegistry.Find(architecture).Build(options);
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "onnx");
        backbone.eval();
        return backbone;
    }

    private void Compare(string engine, string output, Func<Tensor, Tensor> ours)
    {
        using var _ = inference_mode();
        var pixels = tensor(Goldens.Uniform("onnx input", 2 * 3 * 96 * 96), 2, 3, 96, 96);
        var expected = ours(pixels);
        var actual = OnnxRunner.Run(engine, Model, ("pixels", pixels))[output];
        actual.shape.ShouldBe(expected.shape);
        var difference = (actual - expected).abs().max().item<float>() / expected.std().item<float>();
        difference.ShouldBeLessThan(1e-4f);
    }
}
