using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Child;

/// <summary>
/// Convolutions as oneDNN computes them against the same in double precision, which it does not compute. Those are listed that crash or
/// are wrong where it takes the caches for one byte, and some of every other kind that our networks have. A line each: name, TAB, error.
/// </summary>
internal static class Convolutions
{
    private const int Batch = 4;

    private sealed record Shape(int In, int Out, int Kernel, int Side, int Stride = 1, int Groups = 1,
        ScalarType Type = ScalarType.Float32,
        bool ChannelsLast = false, bool Backward = false)
    {
        public override string ToString() =>
            $"{In}→{Out}, {Kernel}×{Kernel}/{Stride}, {Groups} groups, at {Side}×{Side}, {Type}" +
            $"{(ChannelsLast ? ", channels last" : "")}{(Backward ? ", backward" : "")}";
    }

    private static readonly Shape[] Shapes =
    [
        new(256, 1024, 1, 7, Backward: true), new(256, 1024, 1, 14, Backward: true),
        new(512, 2048, 1, 7, Backward: true), new(512, 2048, 1, 14, Backward: true),
        new(512, 2048, 1, 7, Type: ScalarType.BFloat16), new(512, 2048, 1, 14, Type: ScalarType.BFloat16),
        new(320, 1280, 1, 7, ChannelsLast: true), new(320, 1280, 1, 7), new(2048, 512, 1, 7, Backward: true),
        new(3, 32, 3, 112, Stride: 2, Backward: true), new(64, 64, 3, 28, Backward: true),
        new(512, 512, 3, 7, Backward: true), new(128, 128, 3, 14, ChannelsLast: true),
        new(96, 96, 3, 28, Stride: 2, Groups: 96, Backward: true), new(672, 672, 5, 14, Groups: 672, Backward: true),
        new(192, 192, 3, 14, Groups: 192, ChannelsLast: true),
    ];

    public static int Check()
    {
        Runtime.NativeStartup.Prepare(); // no other part of the library is used
        set_num_threads(2);
        random.manual_seed(1);
        foreach (var shape in Shapes) Console.WriteLine(FormattableString.Invariant($"{shape}\t{Error(shape):G4}"));
        return 0;
    }

    /// <summary>The greatest error in units of the deviation, of the output and, where it is wanted, of both gradients.</summary>
    private static double Error(Shape shape)
    {
        using var scope = NewDisposeScope();
        var fan = shape.In / shape.Groups * shape.Kernel * shape.Kernel;
        var input = randn(Batch, shape.In, shape.Side, shape.Side).to(shape.Type);
        var weight = (randn(shape.Out, shape.In / shape.Groups, shape.Kernel, shape.Kernel) / Math.Sqrt(fan)).to(shape.Type);
        if (shape.ChannelsLast) (input, weight) = (LastChannels(input), LastChannels(weight));
        var computed = Compute(shape, input, weight);
        var exact = Compute(shape, input.to(ScalarType.Float64), weight.to(ScalarType.Float64));
        return computed.Zip(exact, (c, e) => (c.to(ScalarType.Float64) - e).abs().max().item<double>() / e.std().item<double>()).Max();
    }

    private static Tensor[] Compute(Shape shape, Tensor input, Tensor weight)
    {
        (input, weight) = (input.detach().requires_grad_(shape.Backward), weight.detach().requires_grad_(shape.Backward));
        long[] strides = [shape.Stride, shape.Stride], padding = [shape.Kernel / 2, shape.Kernel / 2];
        var output = nn.functional.conv2d(input, weight, strides: strides, padding: padding, groups: shape.Groups);
        if (!shape.Backward) return [output];
        output.square().sum().backward();
        return [output.detach(), input.grad!, weight.grad!];
    }

    // TorchSharp has no contiguous(memory_format): the values move to the end, and the shape stays.
    private static Tensor LastChannels(Tensor values) => values.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
