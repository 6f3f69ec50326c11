using CaptionTL.Runtime.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones.Nodes;

/// <summary>Height and width; one number is both.</summary>
public readonly record struct Extent(int Height, int Width)
{
    public static implicit operator Extent(int side) => new(side, side);

    public static implicit operator Extent((int Height, int Width) sides) => new(sides.Height, sides.Width);
}

/// <summary>The largest value of each window.</summary>
/// <param name="Kernel">Height and width.</param>
/// <param name="Stride">Down and to the right.</param>
/// <param name="Name">In the module tree; null where the published network has no module for it.</param>
public sealed record MaxPool(int Kernel, int Stride, string? Name = null) : Node
{
    /// <summary>−∞ on each side.</summary>
    public int Padding { get; init; }

    /// <summary>Whether a window may reach over the edge.</summary>
    public bool Ceiling { get; init; }

    /// <summary>TensorFlow's "same", see <see cref="Conv.Same"/>.</summary>
    public bool Same { get; init; }

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var pool = nn.MaxPool2d(Kernel, Stride, Padding, ceil_mode: Ceiling);
        if (Name is not null) parent.Add(Name, pool);
        if (!Same) return pool.call;
        return x =>
        {
            using var padded = Windows.PadSame(x, Kernel, Stride, double.NegativeInfinity);
            return pool.call(padded ?? x);
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => writer.Graph.Node("MaxPool", [x], Output(x.Shape),
        [("kernel_shape", new long[] { Kernel, Kernel }), ("strides", new long[] { Stride, Stride }),
            ("ceil_mode", Ceiling ? 1 : 0), .. Windows.Margins(Same, Padding)]);

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        var y = Output(x);
        costs.Note(Name, y, 0);
        return y;
    }

    private long[] Output(long[] x) => [x[0], .. Windows.Count(x, Kernel, Stride, Padding, Same, Ceiling)];
}

/// <summary>The mean of each window.</summary>
/// <param name="Kernel">Height and width.</param>
/// <param name="Stride">Down and to the right.</param>
/// <param name="Name">In the module tree; null where the published network has no module for it.</param>
public sealed record AvgPool(int Kernel, int Stride, string? Name = null) : Node
{
    /// <summary>Zeros on each side.</summary>
    public int Padding { get; init; }

    /// <summary>Whether these zeros take part in the mean.</summary>
    public bool CountsPadding { get; init; } = true;

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var pool = nn.AvgPool2d(Kernel, Stride, Padding, count_include_pad: CountsPadding);
        if (Name is not null) parent.Add(Name, pool);
        return pool.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => writer.Graph.Node("AveragePool", [x], Output(x.Shape),
        [("kernel_shape", new long[] { Kernel, Kernel }), ("strides", new long[] { Stride, Stride }),
            ("count_include_pad", CountsPadding ? 1 : 0), .. Windows.Margins(false, Padding)]);

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        var y = Output(x);
        costs.Note(Name, y, 0);
        return y;
    }

    private long[] Output(long[] x) => [x[0], .. Windows.Count(x, Kernel, Stride, Padding)];
}

/// <summary>Means over as many windows as asked for, whatever the grid's size: windows may overlap, as PyTorch's do.</summary>
/// <param name="Side">Rows and columns of the output; 1 for the mean over all cells.</param>
/// <param name="Name">In the module tree; null where the published network has no module for it.</param>
public sealed record AdaptiveAvgPool(int Side, string? Name = null) : Node
{
    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var pool = nn.AdaptiveAvgPool2d(Side);
        if (Name is not null) parent.Add(Name, pool);
        return pool.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        var (channels, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        if (Side == 1) return writer.Graph.Node("GlobalAveragePool", [x], [channels, 1, 1]);
        if (height == Side && width == Side) return x;
        // (Side, H) · (N, C, H, W) · (W, Side): each row of a factor holds the weights of one window's cells.
        var rows = writer.Graph.Constant(Means(height, transposed: false), [Side, height]);
        var columns = writer.Graph.Constant(Means(width, transposed: true), [width, Side]);
        var narrow = writer.Graph.Node("MatMul", [x, columns], [channels, height, Side]);
        return writer.Graph.Node("MatMul", [rows, narrow], [channels, Side, Side]);
    }

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        long[] y = [x[0], Side, Side];
        costs.Note(Name, y, 0);
        return y;
    }

    // Window i reaches from ⌊i · cells / Side⌋ up to and without ⌈(i + 1) · cells / Side⌉.
    private float[] Means(long cells, bool transposed)
    {
        var weights = new float[Side * cells];
        for (var i = 0; i < Side; i++)
        {
            var (first, end) = (i * cells / Side, ((i + 1) * cells + Side - 1) / Side);
            for (var cell = first; cell < end; cell++) weights[transposed ? cell * Side + i : i * cells + cell] = 1f / (end - first);
        }
        return weights;
    }
}

/// <summary>Where the windows of convolutions and poolings lie.</summary>
internal static class Windows
{
    /// <summary>Rows and columns of windows over (C, H, W); 0 and less where not even one fits.</summary>
    /// <param name="extra">Margin below and to the right beyond <paramref name="padding"/>.</param>
    public static long[] Count(long[] x, Extent kernel, int stride, Extent padding, bool same = false, bool ceiling = false, int extra = 0)
    {
        return [Along(x[1], kernel.Height, padding.Height), Along(x[2], kernel.Width, padding.Width)];

        long Along(long size, int window, int margin)
        {
            if (same) return (size + stride - 1) / stride;
            var room = size + 2 * margin + extra - window + (ceiling ? stride - 1 : 0);
            if (room < 0) return 0;
            var count = room / stride + 1;
            // A window that begins beyond the edge is none.
            return ceiling && (count - 1) * stride >= size + margin ? count - 1 : count;
        }
    }

    public static (string, object)[] Margins(bool same, Extent padding, int extra = 0) => same ? [("auto_pad", "SAME_UPPER")]
        : [("pads", new long[] { padding.Height, padding.Width, padding.Height + extra, padding.Width + extra })];

    /// <summary>(N, C, H, W) with TensorFlow's "same" margin as a new tensor; null where none is needed.</summary>
    public static Tensor? PadSame(Tensor x, Extent kernel, int stride, double value)
    {
        var (height, width) = (Missing(x.shape[2], kernel.Height), Missing(x.shape[3], kernel.Width));
        return height == 0 && width == 0 ? null
            : nn.functional.pad(x, (width / 2, width - width / 2, height / 2, height - height / 2), PaddingModes.Constant, value);

        long Missing(long size, int window) => Math.Max(((size + stride - 1) / stride - 1) * stride + window - size, 0);
    }
}
