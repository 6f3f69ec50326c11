using CaptionTL.Backbones;
using CaptionTL.Models.Export;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Tests.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models.Export;

/// <summary>Encoders and whole networks as ONNX files, and the fields of such a file.</summary>
[Collection(nameof(TorchCollection))]
public class OnnxModelTests
{
    public static TheoryData<string> Architectures => [.. BackboneRegistry.All.Select(e => e.Architecture)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Grid_ExportedEncoderOfEveryArchitecture_GivesTheNetworksGrid(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var preprocessing = BackboneRegistry.Find(architecture).Weights[0].Preprocessing with { Height = 96, Width = 96 };
        var backbone = Filled(architecture, new BackboneOptions { IncludeTop = false });
        using var encoder = new CnnEncoder(backbone, preprocessing, "", null, Precision.Float32);
        var graph = new OnnxGraph("encoder");
        graph.Output(ClassifierGraph.Grid(graph, encoder), "grid", "");
        var pixels = tensor(Goldens.Uniform("onnx input", 2 * 3 * 96 * 96), 2, 3, 96, 96);

        var actual = OnnxRunner.Run(graph.ToBytes(), ("pixels", pixels))["grid"];

        var expected = backbone.ForwardTo(pixels, encoder.Cut).flatten(2).transpose(1, 2);
        actual.shape.ShouldBe(expected.shape);
        ((actual - expected).abs().max() / expected.std()).item<float>().ShouldBeLessThan(1e-4f);
    }

    [Fact]
    public void ToBytes_SmallNetwork_HasTheFieldsOfTheSpecification()
    {
        var graph = new OnnxGraph("small");
        var x = graph.Input("x", "in", [3]);
        graph.Output(graph.Unary("Relu", graph.Linear(x, [1, 2, 3, 4, 5, 6], null, 3, 2)), "y", "out");

        var model = new WireMessage(graph.With("made", "here").ToBytes());

        model.Numbers(1).ShouldBe([8]); // IR version
        model.Texts(2).ShouldBe(["CaptionTL"]);
        model.Messages(8).Single().Numbers(2).ShouldBe([OnnxGraph.Opset]);
        model.Messages(14).Single().Texts(2).ShouldBe(["here"]);
        var inner = model.Messages(7).Single();
        var nodes = inner.Messages(1);
        nodes.Select(n => n.Texts(4).Single()).ShouldBe(["Gemm", "Relu", "Identity"]);
        nodes[1].Texts(1).ShouldBe(nodes[0].Texts(2));
        nodes[2].Texts(2).ShouldBe(["y"]);
        var transposed = nodes[0].Messages(5).Single();
        transposed.Texts(1).ShouldBe(["transB"]);
        transposed.Numbers(3).ShouldBe([1]);
        transposed.Numbers(20).ShouldBe([2]); // a whole number
        var constant = inner.Messages(5).Single();
        constant.Numbers(1).ShouldBe([2, 3]);
        constant.Numbers(2).ShouldBe([1]); // fp32
        constant.Texts(8).Single().ShouldBe(nodes[0].Texts(1)[1]);
        constant.Bytes(9).ShouldBe([.. new float[] { 1, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes)]);
        var dimensions = inner.Messages(11).Single().Messages(2).Single().Messages(1).Single().Messages(2).Single().Messages(1);
        dimensions[0].Texts(2).ShouldBe(["n"]);
        dimensions[1].Numbers(1).ShouldBe([3]);
    }

    [Fact]
    public void ScaleAndShift_BehindAConvolution_BecomesPartOfIt()
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph("folded");
        var y = graph.Conv(graph.Input("x", "", [1, 2, 2]), [2, 2, 2], [2, 3], [2, 1, 1, 1], [1, 1]);
        graph.Output(graph.ScaleAndShift(y, [10, 100], [5, 6]), "y", "");
        graph.Operators.ShouldBe(["Conv", "Identity"]);

        var result = OnnxRunner.Run(graph.ToBytes(), ("x", ones(1, 1, 2, 2)))["y"];

        result[0, 0].data<float>().ShouldAllBe(v => v == (2 + 1) * 10 + 5);
        result[0, 1].data<float>().ShouldAllBe(v => v == (3 + 1) * 100 + 6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ScaleAndShift_OfAValueThatOthersRead_LeavesItAsItIs(bool announced)
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph("shared");
        var y = graph.Conv(graph.Input("x", "", [1, 2, 2]), [1, 2, 2], [2], [1, 1, 1, 1], [1]);
        if (announced) graph.Share(y);
        else graph.Output(graph.Unary("Neg", y), "negative", "");
        graph.Output(graph.ScaleAndShift(y, [10], [5]), "scaled", "");
        graph.Output(y, "plain", "");

        var results = OnnxRunner.Run(graph.ToBytes(), ("x", ones(1, 1, 2, 2)));

        results["plain"].data<float>().ShouldAllBe(v => v == 3);
        results["scaled"].data<float>().ShouldAllBe(v => v == 35);
    }

    [Fact]
    public void RequireRoom_MoreThanAFileHolds_IsRefused() =>
        Should.Throw<CaptionTLException>(() => OnnxGraph.RequireRoom(3L << 30, "big")).Message.ShouldContain("3.2 GB");

    private static Backbone Filled(string architecture, BackboneOptions options)
    {
        var backbone = BackboneRegistry.Find(architecture).Build(options);
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "onnx");
        backbone.eval();
        return backbone;
    }
}
