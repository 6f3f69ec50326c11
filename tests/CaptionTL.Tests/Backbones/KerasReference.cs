using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>
/// Networks of keras.applications as its sources put them together, computed without any library, one number after the other. Weights
/// are taken by this library's names and in its layout, with its epsilon in the variance's place.
/// </summary>
internal sealed class KerasReference(IReadOnlyDictionary<string, (long[] Shape, float[] Values)> weights, double epsilon = 1e-5)
{
    /// <summary>The last grid, and the class scores before softmax.</summary>
    public readonly record struct Output(Grid Features, float[] Scores);

    /// <summary>One image's numbers, channel after channel within a cell as TensorFlow has them.</summary>
    public sealed record Grid(int Height, int Width, int Channels, float[] Values)
    {
        public static Grid Of(Tensor x)
        {
            using var last = x[0].permute(1, 2, 0).contiguous();
            return new((int)last.shape[0], (int)last.shape[1], (int)last.shape[2], last.data<float>().ToArray());
        }

        public float this[int y, int x, int channel] => Values[(((y * Width) + x) * Channels) + channel];
    }

    public Output MobileNet(Grid x)
    {
        x = Relu(Norm(Conv(x, "conv_stem", stride: 2), "bn1"), 6);
        string[] blocks = ["0.0", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "4.0", "4.1"];
        foreach (var block in blocks)
        {
            var (name, smaller) = ($"blocks.{block}.", block is "1.0" or "2.0" or "3.0" or "4.0");
            x = smaller ? Conv(Pad(x, 0, 1, 0), name + "conv_dw", stride: 2, same: false, depthwise: true)
                : Conv(x, name + "conv_dw", depthwise: true);
            x = Relu(Norm(x, name + "bn1"), 6);
            x = Relu(Norm(Conv(x, name + "conv_pw"), name + "bn2"), 6);
        }
        return new(x, Dense(Mean(x), "classifier"));
    }

    public Output ResNet(Grid x, params int[] depths)
    {
        x = Relu(Norm(Conv(Pad(x, 3, 3, 0), "conv1", stride: 2, same: false), "bn1"));
        x = MaxPool(Pad(x, 1, 1, 0), same: false);
        for (var stage = 0; stage < depths.Length; stage++)
        {
            for (var block = 0; block < depths[stage]; block++)
            {
                var (name, stride) = ($"layer{stage + 1}.{block}.", stage > 0 && block == 0 ? 2 : 1);
                var shortcut = block == 0 ? Norm(Conv(x, name + "downsample.0", stride), name + "downsample.1") : x;
                var y = Relu(Norm(Conv(x, name + "conv1", stride), name + "bn1"));
                y = Relu(Norm(Conv(y, name + "conv2"), name + "bn2"));
                x = Relu(Add(Norm(Conv(y, name + "conv3"), name + "bn3"), shortcut));
            }
        }
        return new(x, Dense(Mean(x), "fc"));
    }

    public Output Xception(Grid x)
    {
        x = Relu(Norm(Conv(x, "conv1", stride: 2, same: false), "bn1"));
        x = Relu(Norm(Conv(x, "conv2", same: false), "bn2"));
        for (var block = 1; block <= 12; block++)
        {
            var (name, middle, y) = ($"block{block}.", block is > 3 and < 12, x);
            for (var i = 0; i < (middle ? 3 : 2); i++)
            {
                var place = (block == 1 ? 0 : 1) + (3 * i);
                if (block > 1 || i > 0) y = Relu(y);
                y = Norm(Separable(y, $"{name}rep.{place}"), $"{name}rep.{place + 1}");
            }
            x = middle ? Add(y, x) : Add(MaxPool(y, same: true), Norm(Conv(x, name + "skip", stride: 2), name + "skipbn"));
        }
        x = Relu(Norm(Separable(x, "conv3"), "bn3"));
        x = Relu(Norm(Separable(x, "conv4"), "bn4"));
        return new(x, Dense(Mean(x), "fc"));
    }

    public Output Inception(Grid x)
    {
        Grid Unit(Grid from, string name, int stride = 1, bool same = true) =>
            Relu(Norm(Conv(from, name + ".conv", stride, same), name + ".bn"));
        Grid Chain(Grid from, string module, params string[] names) => names.Aggregate(from, (at, name) => Unit(at, $"{module}.{name}"));

        x = Unit(x, "Conv2d_1a_3x3", stride: 2, same: false);
        x = Unit(Unit(x, "Conv2d_2a_3x3", same: false), "Conv2d_2b_3x3");
        x = Unit(MaxPool(x, same: false), "Conv2d_3b_1x1", same: false);
        x = MaxPool(Unit(x, "Conv2d_4a_3x3", same: false), same: false);
        foreach (var m in (string[])["Mixed_5b", "Mixed_5c", "Mixed_5d"])
            x = Join(Chain(x, m, "branch1x1"), Chain(x, m, "branch5x5_1", "branch5x5_2"),
                Chain(x, m, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), Chain(AveragePool(x), m, "branch_pool"));
        x = Join(
            Unit(x, "Mixed_6a.branch3x3", stride: 2, same: false),
            Unit(Chain(x, "Mixed_6a", "branch3x3dbl_1", "branch3x3dbl_2"), "Mixed_6a.branch3x3dbl_3", stride: 2, same: false),
                MaxPool(x, same: false));
        foreach (var m in (string[])["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"])
        {
            x = Join(
                Chain(x, m, "branch1x1"), Chain(x, m, "branch7x7_1", "branch7x7_2", "branch7x7_3"),
                Chain(x, m, "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"),
                    Chain(AveragePool(x), m, "branch_pool"));
        }
        x = Join(
            Unit(Chain(x, "Mixed_7a", "branch3x3_1"), "Mixed_7a.branch3x3_2", stride: 2, same: false),
            Unit(Chain(x, "Mixed_7a", "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3"), "Mixed_7a.branch7x7x3_4", stride: 2,
                same: false), MaxPool(x, same: false));
        foreach (var m in (string[])["Mixed_7b", "Mixed_7c"])
        {
            var (single, twice) = (Chain(x, m, "branch3x3_1"), Chain(x, m, "branch3x3dbl_1", "branch3x3dbl_2"));
            x = Join(
                Chain(x, m, "branch1x1"), Chain(single, m, "branch3x3_2a"), Chain(single, m, "branch3x3_2b"),
                Chain(twice, m, "branch3x3dbl_3a"), Chain(twice, m, "branch3x3dbl_3b"), Chain(AveragePool(x), m, "branch_pool"));
        }
        return new(x, Dense(Mean(x), "fc"));
    }

    /// <summary>Equal but for rounding, in units of what is expected's standard deviation.</summary>
    public static void ShouldAgree(Tensor actual, float[] expected, string what)
    {
        var values = actual.contiguous().data<float>().ToArray();
        values.Length.ShouldBe(expected.Length, what);
        Distance(values, expected).ShouldBeLessThan(2e-4, what);
    }

    /// <summary>The greatest difference in units of the standard deviation.</summary>
    public static double Distance(float[] actual, float[] expected)
    {
        var mean = expected.Average(v => (double)v);
        var deviation = Math.Sqrt(expected.Average(v => Math.Pow(v - mean, 2)));
        return actual.Zip(expected, (a, b) => Math.Abs((double)a - b)).Max() / deviation;
    }

    private Grid Separable(Grid x, string name) => Conv(Conv(x, name + ".conv1", depthwise: true), name + ".pointwise");

    private Grid Conv(Grid x, string name, int stride = 1, bool same = true, bool depthwise = false)
    {
        var (shape, w) = weights[name + ".weight"];
        var (outputs, inputs, high, wide) = ((int)shape[0], (int)shape[1], (int)shape[2], (int)shape[3]);
        if (same) x = Same(x, high, wide, stride, 0);
        var (height, width) = (((x.Height - high) / stride) + 1, ((x.Width - wide) / stride) + 1);
        var (kernel, values) = (ChannelsLast(w, outputs, inputs, high * wide), new float[height * width * outputs]);
        for (var place = 0; place < height * width; place++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var sum = 0.0;
                for (var at = 0; at < high * wide; at++)
                {
                    var cell = (((place / width * stride) + (at / wide)) * x.Width) + (place % width * stride) + (at % wide);
                    var from = x.Values.AsSpan((cell * x.Channels) + (depthwise ? o : 0), inputs);
                    var factors = kernel.AsSpan(((o * high * wide) + at) * inputs, inputs);
                    for (var i = 0; i < factors.Length; i++) sum += from[i] * (double)factors[i];
                }
                values[(place * outputs) + o] = (float)sum;
            }
        }
        return new(height, width, outputs, values);
    }

    private static float[] ChannelsLast(float[] w, int outputs, int inputs, int cells) =>
        [.. Enumerable.Range(0, w.Length)
            .Select(at => w[(at / (cells * inputs) * cells * inputs) + (at % inputs * cells) + (at / inputs % cells)])];

    private Grid Norm(Grid x, string name)
    {
        var (scale, shift, mean, variance) = (weights[name + ".weight"].Values, weights[name + ".bias"].Values,
            weights[name + ".running_mean"].Values, weights[name + ".running_var"].Values);
        return Each(x, (v, c) => (float)(((v - (double)mean[c]) / Math.Sqrt(variance[c] + epsilon) * scale[c]) + shift[c]));
    }

    private float[] Dense(float[] x, string name)
    {
        var (w, bias) = (weights[name + ".weight"].Values, weights[name + ".bias"].Values);
        return [.. bias.Select((b, o) => (float)(b + x.Select((v, i) => v * (double)w[(o * x.Length) + i]).Sum()))];
    }

    private static Grid Relu(Grid x, float most = float.PositiveInfinity) => Each(x, (v, _) => Math.Clamp(v, 0, most));

    private static Grid Add(Grid a, Grid b) => a with { Values = [.. a.Values.Zip(b.Values, (x, y) => x + y)] };

    private static Grid Each(Grid x, Func<float, int, float> what) =>
        x with { Values = [.. x.Values.Select((v, i) => what(v, i % x.Channels))] };

    private static float[] Mean(Grid x) =>
        [.. Enumerable.Range(0, x.Channels)
            .Select(c => (float)Enumerable.Range(0, x.Height * x.Width).Average(place => (double)x.Values[(place * x.Channels) + c]))];

    private static Grid Join(params Grid[] parts) =>
        new(parts[0].Height, parts[0].Width, parts.Sum(p => p.Channels),
            [.. Enumerable.Range(0, parts[0].Height * parts[0].Width)
                .SelectMany(place => parts.SelectMany(p => p.Values[(place * p.Channels)..((place + 1) * p.Channels)]))]);

    /// <summary>3 × 3 cells, stride 2.</summary>
    private static Grid MaxPool(Grid x, bool same) => Window(same ? Same(x, 3, 3, 2, float.NegativeInfinity) : x, 2, cells => cells.Max());

    /// <summary>3 × 3 cells, stride 1, as many outputs; what lies outside is not counted.</summary>
    private static Grid AveragePool(Grid x) =>
        Window(Same(x, 3, 3, 1, float.NaN), 1, cells => (float)cells.Where(v => !float.IsNaN(v)).Average(v => (double)v));

    private static Grid Window(Grid x, int stride, Func<IEnumerable<float>, float> what)
    {
        var (height, width) = (((x.Height - 3) / stride) + 1, ((x.Width - 3) / stride) + 1);
        var values = new float[height * width * x.Channels];
        for (var i = 0; i < values.Length; i++)
        {
            var (c, top, left) = (i % x.Channels, i / x.Channels / width * stride, i / x.Channels % width * stride);
            values[i] = what(Enumerable.Range(0, 9).Select(at => x[top + (at / 3), left + (at % 3), c]));
        }
        return new(height, width, x.Channels, values);
    }

    /// <summary>TensorFlow's "same".</summary>
    private static Grid Same(Grid x, int high, int wide, int stride, float value)
    {
        int Missing(int size, int kernel) => Math.Max((((size + stride - 1) / stride) - 1) * stride + kernel - size, 0);
        var (down, right) = (Missing(x.Height, high), Missing(x.Width, wide));
        return Padded(x, down / 2, right / 2, down - (down / 2), right - (right / 2), value);
    }

    private static Grid Pad(Grid x, int before, int after, float value) => Padded(x, before, before, after, after, value);

    private static Grid Padded(Grid x, int top, int left, int bottom, int right, float value)
    {
        var (height, width) = (x.Height + top + bottom, x.Width + left + right);
        var values = new float[height * width * x.Channels];
        Array.Fill(values, value);
        for (var y = 0; y < x.Height; y++)
            Array.Copy(x.Values, y * x.Width * x.Channels, values, (((y + top) * width) + left) * x.Channels, x.Width * x.Channels);
        return new(height, width, x.Channels, values);
    }
}
