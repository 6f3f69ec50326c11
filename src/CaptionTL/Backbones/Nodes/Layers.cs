using CaptionTL.Runtime.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones.Nodes;

/// <summary>A convolution (N, <paramref name="In"/>, H, W) to (N, <paramref name="Out"/>, H', W').</summary>
/// <param name="Name">In the state dict.</param>
/// <param name="In">Channels.</param>
/// <param name="Out">Channels.</param>
/// <param name="Kernel">Height and width.</param>
/// <param name="Stride">Down and to the right.</param>
/// <param name="Groups">As many as channels for a depthwise convolution.</param>
/// <param name="Bias">Whether it adds one.</param>
public sealed record Conv(string Name, int In, int Out, Extent Kernel, int Stride = 1, int Groups = 1, bool Bias = false) : Node
{
    /// <summary>Zeros on each side.</summary>
    public Extent Padding { get; init; }

    /// <summary>
    /// TensorFlow's "same" instead: as many zeros as ⌈size / stride⌉ outputs need, one more below and to the right where that is odd.
    /// </summary>
    public bool Same { get; init; }

    /// <summary>Rows and columns of zeros below and to the right beyond <see cref="Padding"/>.</summary>
    public int PaddingEnd { get; init; }

    internal override IEnumerable<string> Prefixes => [Name + "."];

    internal override IEnumerable<(string Name, long[] Shape)> State =>
    [
        (Name + ".weight", [Out, In / Groups, Kernel.Height, Kernel.Width]),
        .. Bias ? [(Name + ".bias", [Out])] : Array.Empty<(string, long[])>(),
    ];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var conv = nn.Conv2d(In, Out, (Kernel.Height, Kernel.Width), (Stride, Stride),
            Same ? (0, 0) : (Padding.Height, Padding.Width), groups: Groups, bias: Bias);
        parent.Add(Name, conv);
        if (!Same && PaddingEnd == 0) return conv.call;
        return x =>
        {
            using var padded = Same
                ? Windows.PadSame(x, Kernel, Stride, 0)
                : nn.functional.pad(x, (0, PaddingEnd, 0, PaddingEnd), PaddingModes.Constant, 0);
            return conv.call(padded ?? x);
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => writer.Graph.Conv(
        x, Output(x.Shape), writer.Weight(Name + ".weight"), [Out, In / Groups, Kernel.Height, Kernel.Width],
        Bias ? writer.Weight(Name + ".bias") : new float[Out],
        [("strides", new long[] { Stride, Stride }), ("group", Groups), .. Windows.Margins(Same, Padding, PaddingEnd)]);

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        var y = Output(x);
        costs.Note(Name, y, In / Groups * Kernel.Height * Kernel.Width);
        return y;
    }

    private long[] Output(long[] x) => [Out, .. Windows.Count(x, Kernel, Stride, Padding, Same, extra: PaddingEnd)];
}

/// <summary>Batch normalisation of (N, <paramref name="Channels"/>, H, W). Written behind a convolution it becomes part of it.</summary>
public sealed record BatchNorm(string Name, int Channels, double Epsilon = 1e-5) : Node
{
    internal override IEnumerable<string> Prefixes => [Name + "."];

    internal override IEnumerable<(string Name, long[] Shape)> State =>
    [
        (Name + ".weight", [Channels]), (Name + ".bias", [Channels]), (Name + ".running_mean", [Channels]),
        (Name + ".running_var", [Channels]), (Name + ".num_batches_tracked", []),
    ];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var norm = nn.BatchNorm2d(Channels, eps: Epsilon);
        parent.Add(Name, norm);
        return norm.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        var (weight, bias, mean, variance) = (writer.Weight(Name + ".weight"), writer.Weight(Name + ".bias"),
            writer.Weight(Name + ".running_mean"), writer.Weight(Name + ".running_var"));
        var scale = new float[Channels];
        var shift = new float[Channels];
        for (var c = 0; c < Channels; c++)
        {
            var factor = weight[c] / Math.Sqrt(variance[c] + Epsilon);
            (scale[c], shift[c]) = ((float)factor, (float)(bias[c] - mean[c] * factor));
        }
        return writer.Graph.ScaleAndShift(x, scale, shift);
    }

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        costs.Note(Name, x, 0);
        return x;
    }
}

/// <summary>Layer normalisation over the last dimension of (N, …, <paramref name="Channels"/>).</summary>
public sealed record LayerNorm(string Name, int Channels, double Epsilon) : Node
{
    internal override IEnumerable<string> Prefixes => [Name + "."];

    internal override IEnumerable<(string Name, long[] Shape)> State =>
        [(Name + ".weight", [Channels]), (Name + ".bias", [Channels])];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var norm = nn.LayerNorm(Channels, Epsilon);
        parent.Add(Name, norm);
        return norm.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => writer.Graph.Node("LayerNormalization",
        [x, writer.Graph.Constant(writer.Weight(Name + ".weight"), [Channels]),
            writer.Graph.Constant(writer.Weight(Name + ".bias"), [Channels])],
        x.Shape, ("axis", -1), ("epsilon", Epsilon));

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        costs.Note(Name, x, 0);
        return x;
    }
}

/// <summary>A linear layer with bias on the last dimension: (N, …, <paramref name="In"/>) to (N, …, <paramref name="Out"/>).</summary>
public sealed record Linear(string Name, int In, int Out) : Node
{
    internal override IEnumerable<string> Prefixes => [Name + "."];

    internal override IEnumerable<(string Name, long[] Shape)> State =>
        [(Name + ".weight", [Out, In]), (Name + ".bias", [Out])];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var linear = nn.Linear(In, Out);
        parent.Add(Name, linear);
        return linear.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) =>
        writer.Graph.Linear(x, writer.Weight(Name + ".weight"), writer.Weight(Name + ".bias"), In, Out);

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        long[] y = [.. x[..^1], Out];
        costs.Note(Name, y, In);
        return y;
    }
}

/// <summary>
/// A learned factor for each channel of (N, <paramref name="Channels"/>, H, W); a parameter (C, 1, 1) of the module around it (Touvron et
/// al., 2021).
/// </summary>
public sealed record LayerScale(string Name, int Channels, double Initial) : Node
{
    internal override IEnumerable<string> Prefixes => [Name];

    internal override IEnumerable<(string Name, long[] Shape)> State =>
        [(Name, [Channels, 1, 1])];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var scale = new Parameter(full(Channels, 1, 1, Initial));
        parent.Add(Name, scale);
        // Looked up anew: moving a network to another type or device replaces its parameters.
        return x => x.mul(parent.get_parameter(Name)!);
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) =>
        writer.Graph.Node("Mul", [x, writer.Graph.Constant(writer.Weight(Name), [Channels, 1, 1])], x.Shape);

    internal override long[] Follow(long[] x, NetworkCosts costs) => x;
}

/// <summary>Dropout, in training only.</summary>
public sealed record Dropout(string Name, double Probability) : Node
{
    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var dropout = nn.Dropout(Probability);
        parent.Add(Name, dropout);
        return dropout.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => x;

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        costs.Note(Name, x, 0);
        return x;
    }
}

/// <summary>The three dimensions behind the batch in another order; they count from 1.</summary>
public sealed record Permute(int First, int Second, int Third) : Node
{
    /// <summary>(N, C, H, W) to (N, H, W, C).</summary>
    public static Permute ToCells { get; } = new(2, 3, 1);

    /// <summary>(N, H, W, C) to (N, C, H, W).</summary>
    public static Permute ToGrid { get; } = new(3, 1, 2);

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites) => x => x.permute(0, First, Second, Third);

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) =>
        writer.Graph.Node("Transpose", [x], Reorder(x.Shape), ("perm", new long[] { 0, First, Second, Third }));

    internal override long[] Follow(long[] x, NetworkCosts costs) => Reorder(x);

    private long[] Reorder(long[] x) => [x[First - 1], x[Second - 1], x[Third - 1]];
}

/// <summary>(N, …) to (N, F).</summary>
public sealed record Flatten : Node
{
    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites) => x => x.flatten(1);

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => writer.Graph.Node("Flatten", [x], Size(x.Shape), ("axis", 1));

    internal override long[] Follow(long[] x, NetworkCosts costs) => Size(x);

    private static long[] Size(long[] x) => [x.Aggregate(1L, (product, size) => product * size)];
}
