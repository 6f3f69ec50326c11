using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.NN;

/// <summary>Gradients through layers and losses against central differences, in double precision.</summary>
public class LayerGradientTests
{
    private const double H = 1e-6;

    public static readonly TheoryData<string, Func<nn.Module<Tensor, Tensor>>, long[]> Layers = new()
    {
        { "Linear", () => nn.Linear(3, 2), [4, 3] },
        { "Conv1d", () => nn.Conv1d(2, 3, 3, stride: 2, padding: 1), [2, 2, 7] },
        { "Conv2d", () => nn.Conv2d(4, 4, 3, padding: 1, groups: 2), [1, 4, 4, 5] },
        { "Conv2d circular", () => nn.Conv2d(1, 2, 3, padding: 1, padding_mode: PaddingModes.Circular), [1, 1, 4, 4] },
        { "Conv2d same", () => nn.Conv2d(1, 2, 3, Padding.Same, dilation: 2), [1, 1, 5, 5] },
        { "ConvTranspose2d", () => nn.ConvTranspose2d(2, 3, 3, stride: 2, output_padding: 1), [1, 2, 3, 3] },
        { "BatchNorm2d", () => nn.BatchNorm2d(3), [2, 3, 3, 2] },
        { "LayerNorm", () => nn.LayerNorm(5), [3, 5] },
        { "GroupNorm", () => nn.GroupNorm(2, 4), [2, 4, 3] },
        { "GELU", () => nn.GELU(), [7] },
        { "SiLU", () => nn.SiLU(), [7] },
        { "Mish", () => nn.Mish(), [7] },
        { "ELU", () => nn.ELU(0.7), [7] },
        { "LeakyReLU", () => nn.LeakyReLU(0.1), [7] },
        { "Softplus", () => nn.Softplus(2), [7] },
        { "Softmax", () => nn.Softmax(1), [2, 4] },
        { "LogSoftmax", () => nn.LogSoftmax(1), [2, 4] },
        { "Hardswish", () => nn.Hardswish(), [7] },
        { "AvgPool2d", () => nn.AvgPool2d(2), [1, 2, 4, 4] },
        { "MaxPool2d", () => nn.MaxPool2d(2), [1, 2, 4, 4] },
        { "AdaptiveAvgPool2d", () => nn.AdaptiveAvgPool2d(2), [1, 2, 5, 5] },
        { "Upsample", () => nn.Upsample(scale_factor: [2], mode: UpsampleMode.Bilinear), [1, 2, 3, 3] },
        { "ReflectionPad2d", () => nn.ReflectionPad2d(1), [1, 1, 3, 3] },
        { "LSTM", () => new LastOutput(), [2, 3, 4] },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Layers))]
    public void Backward_OfALayer_EqualsCentralDifferences(string name, Func<nn.Module<Tensor, Tensor>> make, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var layer = make().to(ScalarType.Float64);
        foreach (var (key, parameter) in layer.named_parameters())
            using (no_grad()) parameter.copy_(ReferenceTensors.Uniform(key, parameter.shape, 0.5f, 0.1f));
        var input = ReferenceTensors.Uniform(name, shape).to(ScalarType.Float64).requires_grad_();
        Tensor Loss()
        {
            var y = layer.call(input);
            return (y * ReferenceTensors.Uniform("direction", y.shape).to(ScalarType.Float64)).sum();
        }
        Loss().backward();
        foreach (var leaf in layer.parameters().Prepend(input)) Check(leaf, Loss, name);
    }

    public static readonly TheoryData<string, Func<Tensor, Tensor>> Losses = new()
    {
        { "cross_entropy", x => nn.functional.cross_entropy(x, tensor(new long[] { 1, 0, 3 }), label_smoothing: 0.1) },
        { "nll", x => nn.functional.nll_loss(x.log_softmax(1), tensor(new long[] { 1, 0, 3 })) },
        { "bce with logits", x => nn.functional.binary_cross_entropy_with_logits(x, Target(x) / 2 + 0.5, pos_weights: Target(x) + 2) },
        { "bce", x => nn.functional.binary_cross_entropy(x.sigmoid(), Target(x) / 2 + 0.5) },
        { "mse", x => nn.functional.mse_loss(x, Target(x)) },
        { "l1", x => nn.functional.l1_loss(x, Target(x), nn.Reduction.Sum) },
        { "smooth l1", x => nn.functional.smooth_l1_loss(x, Target(x), beta: 0.5) },
        { "huber", x => nn.functional.huber_loss(x, Target(x), delta: 0.5) },
        { "kl", x => nn.functional.kl_div(x.log_softmax(1), Target(x).log_softmax(1)) },
        { "cosine", x => nn.functional.cosine_embedding_loss(x, Target(x), tensor(new double[] { 1, -1, 1 })) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Losses))]
    public void Backward_OfALoss_EqualsCentralDifferences(string name, Func<Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var input = ReferenceTensors.Uniform(name, [3, 4]).to(ScalarType.Float64).requires_grad_();
        loss(input).backward();
        Check(input, () => loss(input), name);
    }

    private static Tensor Target(Tensor like) => ReferenceTensors.Uniform("target", like.shape).to(ScalarType.Float64);

    private static void Check(Tensor leaf, Func<Tensor> loss, string name)
    {
        var analytic = leaf.grad!.data<double>().ToArray();
        using var gradientsOff = no_grad();
        var flat = leaf.view(-1);
        for (var i = 0; i < analytic.Length; i++)
        {
            var entry = flat[i];
            entry.add_(H);
            var above = loss().item<double>();
            entry.add_(-2 * H);
            var below = loss().item<double>();
            entry.add_(H);
            ((above - below) / (2 * H)).ShouldBe(analytic[i], 1e-5, $"{name}, element {i}");
        }
    }

    private sealed class LastOutput : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.LSTM lstm = nn.LSTM(4, 3, batchFirst: true, bidirectional: true);

        public LastOutput() : base(nameof(LastOutput)) => RegisterComponents();

        public override Tensor forward(Tensor input) => lstm.call(input).Item1;
    }
}
