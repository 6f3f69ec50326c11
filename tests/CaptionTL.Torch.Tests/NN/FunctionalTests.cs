using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.NN;

public class FunctionalTests
{
    [Fact]
    public void Pad_PairsFromTheLastDimension_PadBeforeAndAfter()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2f, 3f }).reshape(1, 1, 3);
        nn.functional.pad(x, (1, 2), value: 9).Floats().ShouldBe([9, 1, 2, 3, 9, 9]);
        nn.functional.pad(x, (1, 1), PaddingModes.Reflect).Floats().ShouldBe([2, 1, 2, 3, 2]);
        nn.functional.pad(x, (1, 1), PaddingModes.Replicate).Floats().ShouldBe([1, 1, 2, 3, 3]);
        nn.functional.pad(x, (1, 1), PaddingModes.Circular).Floats().ShouldBe([3, 1, 2, 3, 1]);
    }

    [Fact]
    public void Interpolate_TwiceTheSize_ByNearestBilinearAndArea()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0f, 1f }).reshape(1, 1, 1, 2);
        nn.functional.interpolate(x, [1, 4]).Floats().ShouldBe([0, 0, 1, 1]);
        nn.functional.interpolate(x, scale_factor: [1, 2], mode: InterpolationMode.Bilinear).Floats().ShouldMatch([0, 0.25f, 0.75f, 1], 1e-6);
        nn.functional.interpolate(x, [1, 4], mode: InterpolationMode.Bilinear, align_corners: true).Floats().ShouldMatch([0, 1f / 3, 2f / 3, 1], 1e-6);
        nn.functional.interpolate(x, [1, 1], mode: InterpolationMode.Area).Floats().ShouldMatch([0.5f], 1e-6);
        nn.functional.interpolate(x, [1, 1], mode: InterpolationMode.Bilinear, antialias: true).Floats().ShouldMatch([0.5f], 1e-6);
        Should.Throw<ArgumentException>(() => nn.functional.interpolate(x)).Message.ShouldContain("either size or scale_factor");
    }

    [Fact]
    public void OneHotNormalizeAndCosine_SmallInputs_GiveTheNumbers()
    {
        using var scope = NewDisposeScope();
        nn.functional.one_hot(tensor(new long[] { 2, 0 }), 3).data<long>().ToArray().ShouldBe([0, 0, 1, 1, 0, 0]);
        nn.functional.normalize(tensor(new[] { 3f, 4f }).reshape(1, 2)).Floats().ShouldMatch([0.6f, 0.8f], 1e-6);
        nn.functional.normalize(zeros(1, 2)).Floats().ShouldBe([0, 0]);
        nn.functional.cosine_similarity(tensor(new[] { 1f, 0f }).reshape(1, 2), tensor(new[] { 1f, 1f }).reshape(1, 2)).item<float>().ShouldBe(0.70710677f, 1e-6);
    }

    [Fact]
    public void Dropout_Training_ScalesWhatIsLeftAndEvalKeepsAll()
    {
        using var scope = NewDisposeScope();
        var x = ones(1000);
        var dropped = nn.functional.dropout(x, 0.25).Floats();
        dropped.ShouldAllBe(v => v == 0 || Math.Abs(v - 4f / 3) < 1e-5);
        dropped.Count(v => v == 0).ShouldBeInRange(180, 320);
        nn.functional.dropout(x, 0.25, training: false).Floats().ShouldAllBe(v => v == 1);
        var channels = nn.functional.dropout2d(ones(1, 50, 2, 2), 0.5).Floats();
        for (var c = 0; c < 50; c++) channels[(4 * c)..(4 * c + 4)].Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Pooling_SmallImage_GivesTheNumbers()
    {
        using var scope = NewDisposeScope();
        var x = arange(16, dtype: ScalarType.Float32).reshape(1, 1, 4, 4);
        nn.functional.max_pool2d(x, 2).Floats().ShouldBe([5, 7, 13, 15]);
        nn.functional.avg_pool2d(x, 2).Floats().ShouldBe([2.5f, 4.5f, 10.5f, 12.5f]);
        nn.functional.adaptive_avg_pool2d(x, 1).Floats().ShouldBe([7.5f]);
        nn.functional.adaptive_max_pool2d(x, [1, 2]).Floats().ShouldBe([13, 15]);
        var (values, indices) = nn.MaxPool2d(2, stride: 2).forward_with_indices(x);
        values.Floats().ShouldBe([5, 7, 13, 15]);
        indices.data<long>().ToArray().ShouldBe([5, 7, 13, 15]);
    }

    [Fact]
    public void ConvTranspose2d_OutputSize_ChoosesAmongThePossible()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.ConvTranspose2d(1, 1, 3, stride: 2, padding: 1);
        layer.forward(rand(1, 1, 4, 4), [8, 7]).shape.ShouldBe([1, 1, 8, 7]);
        Should.Throw<ArgumentException>(() => layer.forward(rand(1, 1, 4, 4), [9, 7])).Message.ShouldContain("the valid sizes are 7 to 8");
        using var narrow = nn.Conv2d(3, 4, 3);
        Should.Throw<ArgumentException>(() => narrow.call(rand(1, 2, 5, 5))).Message.ShouldContain("(N, 3, …)");
    }

    [Fact]
    public void FuseConvBnWeights_Evaluation_GivesTheSameOutput()
    {
        using var scope = NewDisposeScope();
        using var conv = nn.Conv2d(3, 4, 3, bias: false);
        using var norm = nn.BatchNorm2d(4);
        ReferenceTensors.Fill(norm, "fuse.", 0.3f, 1);
        norm.eval();
        var x = rand(2, 3, 5, 5);
        var (weight, bias) = nn.utils.fuse_conv_bn_weights(conv.weight, null, norm.running_mean!, norm.running_var!, norm.eps, norm.weight, norm.bias);
        nn.functional.conv2d(x, weight, bias).Floats().ShouldMatch(norm.call(conv.call(x)).Floats(), 1e-5);
    }

    [Fact]
    public void PadSequence_DifferentLengths_FillsUpAtTheEnd()
    {
        using var scope = NewDisposeScope();
        var padded = nn.utils.rnn.pad_sequence([tensor(new[] { 1f, 2f }), tensor(new[] { 3f })], batch_first: true, padding_value: -1);
        padded.shape.ShouldBe([2, 2]);
        padded.Floats().ShouldBe([1, 2, 3, -1]);
    }

    [Fact]
    public void UnflattenAndFlatten_UndoEachOther()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Sequential(nn.Flatten(), nn.Unflatten(1, [2, -1]));
        net.call(zeros(5, 3, 4)).shape.ShouldBe([5, 2, 6]);
    }

    [Fact]
    public void Embedding_PaddingIndex_GetsNoGradient()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Embedding(4, 2, padding_idx: 1);
        layer.call(tensor(new long[] { 0, 1, 0 })).sum().backward();
        layer.weight!.grad!.Floats().ShouldBe([2, 2, 0, 0, 0, 0, 0, 0]);
        using var frozen = nn.Embedding_from_pretrained(ones(2, 3));
        frozen.weight!.requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void ClipGradNorm_LargeGradients_AreScaledToTheNorm()
    {
        using var scope = NewDisposeScope();
        var a = new Parameter(zeros(1));
        var b = new Parameter(zeros(1));
        (a * 3 + b * 4).sum().backward();
        nn.utils.clip_grad_norm_([a, b, new Parameter(zeros(1))], 10).ShouldBe(5, 1e-6);
        a.grad!.item<float>().ShouldBe(3);
        nn.utils.clip_grad_norm_([a, b], 1).ShouldBe(5, 1e-6);
        a.grad!.item<float>().ShouldBe(0.6f, 1e-6);
        nn.utils.clip_grad_norm_([a, b], 1, double.PositiveInfinity).ShouldBe(0.8, 1e-6);
        nn.utils.clip_grad_value_([a, b], 0.5);
        b.grad!.item<float>().ShouldBe(0.5f);
    }

    [Fact]
    public void ParametersToVector_AndBack_KeepsTheValues()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(2, 2);
        var vector = nn.utils.parameters_to_vector(net.parameters()).detach();
        vector.shape.ShouldBe([6]);
        nn.utils.vector_to_parameters(vector * 2, net.parameters());
        nn.utils.parameters_to_vector(net.parameters()).Floats().ShouldBe(vector.Floats().Select(v => v * 2).ToArray());
        Should.Throw<ArgumentException>(() => nn.utils.vector_to_parameters(zeros(5), net.parameters())).Message.ShouldContain("5 elements, the parameters 6");
    }
}
