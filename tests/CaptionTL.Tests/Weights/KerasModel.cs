using CaptionTL.IO;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

/// <summary>
/// A network of keras.applications with a few channels and pseudo-random numbers: its layers as Keras orders and shapes them, and what
/// this library's network should get from them.
/// </summary>
internal sealed class KerasModel
{
    /// <param name="Name">Keras's own name of the layer.</param>
    /// <param name="Class">conv2d, batch_normalization, …</param>
    /// <param name="Variables">In Keras's order.</param>
    public sealed record Layer(string Name, string Class, List<(string Name, long[] Shape, float[] Values)> Variables);

    private readonly Dictionary<string, long[]> _shapes;
    private readonly double _epsilons;
    private readonly bool _whole;

    /// <param name="architecture">This library's name of the network with these layers.</param>
    /// <param name="epsilons">By how much Keras's epsilon is greater.</param>
    /// <param name="layers">In Keras's order: its name, its class, and the prefix here.</param>
    /// <param name="whole">With all channels, and numbers with which a signal neither grows nor vanishes.</param>
    public KerasModel(string architecture, double epsilons, IEnumerable<(string Name, string Class, string Torch)> layers,
        bool whole = false)
    {
        (_epsilons, _whole) = (epsilons, whole);
        using var golden = Goldens.Json($"architectures/{architecture}.json");
        _shapes = golden.RootElement.GetProperty("state_dict").EnumerateArray().ToDictionary(e => e[0].GetString()!, e => e[1]
            .EnumerateArray().Select(n => whole ? n.GetInt64() : Few(n.GetInt64())).ToArray());
        foreach (var (name, kind, torch) in layers) Layers.Add(new(name, kind, Variables(kind, torch, architecture)));
    }

    public List<Layer> Layers { get; } = [];

    /// <summary>Tensors of this library's network.</summary>
    public Dictionary<string, (long[] Shape, float[] Values)> Expected { get; } = [];

    /// <summary>Fewer channels, kernels as they are.</summary>
    private static long Few(long n) => n switch { 25088 => 49 * Few(512), > 7 => 2 + (n / 8 % 5), _ => n };

    private List<(string, long[], float[])> Variables(string kind, string torch, string architecture)
    {
        switch (kind)
        {
            case "batch_normalization":
                var hasScale = architecture != "inception_v3";
                var (scale, shift, mean, variance) = (Numbers(torch + ".weight"), Numbers(torch + ".bias"),
                    Numbers(torch + ".running_mean"), Numbers(torch + ".running_var"));
                Expect(torch + ".weight", hasScale ? scale : [.. scale.Select(_ => 1f)]);
                Expect(torch + ".bias", shift);
                var bias = architecture == "resnet50" ? Numbers("bias of " + torch, scale.Length) : new float[scale.Length];
                Expect(torch + ".running_mean", [.. mean.Select((m, i) => m - bias[i])]);
                Expect(torch + ".running_var", [.. variance.Select(v => (float)(v + _epsilons))]);
                long[] shape = [scale.Length];
                return [.. hasScale ? [("gamma", shape, scale)] : Array.Empty<(string, long[], float[])>(), ("beta", shape, shift),
                    ("moving_mean", shape, mean), ("moving_variance", shape, variance)];
            case "dense":
                return [Dense(torch, flattened: architecture.StartsWith("vgg", StringComparison.Ordinal) && torch == "classifier.0"),
                    Bias(torch)];
            case "separable_conv2d":
                return [Kernel(torch + ".conv1", "depthwise_kernel", depthwise: true), Kernel(torch + ".pointwise", "pointwise_kernel")];
            case "depthwise_conv2d":
                return [Kernel(torch, "depthwise_kernel", depthwise: true)];
            default:
                var kernel = torch == "classifier" ? Top(torch) : Kernel(torch, "kernel", swaps: torch is "features.0" or "conv1"
                    && architecture is "vgg16" or "vgg19" or "resnet50" && _shapes[torch + ".weight"][1] == 3);
                if (_shapes.ContainsKey(torch + ".bias")) return [kernel, Bias(torch)];
                if (architecture != "resnet50") return [kernel];
                var norm = torch.Contains("downsample", StringComparison.Ordinal) ? torch[..^1] + "1"
                    : torch.Replace("conv", "bn", StringComparison.Ordinal);
                return [kernel, ("bias", [kernel.Item2[3]], Numbers("bias of " + norm, (int)kernel.Item2[3]))];
        }
    }

    private (string, long[], float[]) Kernel(string torch, string name, bool depthwise = false, bool swaps = false)
    {
        var (shape, ours) = (_shapes[torch + ".weight"], Numbers(torch + ".weight"));
        Expect(torch + ".weight", ours);
        var (o, i, h, w) = (shape[0], shape[1], shape[2], shape[3]);
        var theirs = new float[ours.Length];
        var at = 0;
        for (var y = 0L; y < h; y++)
            for (var x = 0L; x < w; x++)
                for (var c = 0L; c < i; c++)
                    for (var k = 0L; k < o; k++) theirs[at++] = ours[(((((k * i) + (swaps ? i - 1 - c : c)) * h) + y) * w) + x];
        return (name, depthwise ? [h, w, o, 1] : [h, w, i, o], theirs);
    }

    private (string, long[], float[]) Dense(string torch, bool flattened)
    {
        var (shape, ours) = (_shapes[torch + ".weight"], Numbers(torch + ".weight"));
        Expect(torch + ".weight", ours);
        var (o, i) = (shape[0], shape[1]);
        var theirs = new float[ours.Length];
        for (var row = 0L; row < i; row++)
        {
            var (cell, channel) = (row / (i / 49.0), row % Math.Max(1, i / 49));
            var ourColumn = flattened ? (channel * 49) + (long)cell : row;
            for (var k = 0L; k < o; k++) theirs[(row * o) + k] = ours[(k * i) + ourColumn];
        }
        return ("kernel", [i, o], theirs);
    }

    private (string, long[], float[]) Top(string torch)
    {
        var (_, shape, values) = Dense(torch, flattened: false);
        return ("kernel", [1, 1, .. shape], values);
    }

    private (string, long[], float[]) Bias(string torch)
    {
        var values = Numbers(torch + ".bias");
        Expect(torch + ".bias", values);
        return ("bias", [values.Length], values);
    }

    private void Expect(string name, float[] values) => Expected.Add(name, (_shapes[name], values));

    private float[] Numbers(string name)
    {
        var (shape, numbers) = (_shapes[name], Numbers(name, (int)_shapes[name].Aggregate(1L, (a, b) => a * b)));
        if (!_whole) return numbers;
        var scale = shape.Length > 1 ? Math.Sqrt(3.0 * shape[0] / numbers.Length) : 0.1;
        var offset = name.EndsWith("weight", StringComparison.Ordinal) && shape.Length == 1
            || name.EndsWith("var", StringComparison.Ordinal) ? 1 : 0;
        return [.. numbers.Select(u => (float)((u * scale) + offset))];
    }

    private static float[] Numbers(string name, int count) => Goldens.Uniform(name, count);

    /// <summary>In Keras 3's layout: numbered classes, the layer's own name in an attribute or not.</summary>
    public string WriteVars(TemporaryFolder folder, bool names)
    {
        var (counts, file) = (new Dictionary<string, int>(), new Hdf5Builder());
        foreach (var group in (string[])["layers/input_layer", "layers/activation/vars", "vars"]) file.Group(group);
        foreach (var layer in Layers)
        {
            var n = counts[layer.Class] = counts.GetValueOrDefault(layer.Class, -1) + 1;
            var group = $"layers/{layer.Class}{(n == 0 ? "" : $"_{n}")}/vars";
            for (var i = 0; i < layer.Variables.Count; i++)
                file.Dataset($"{group}/{i}", layer.Variables[i].Shape, layer.Variables[i].Values);
            if (names) file.Text(group, "name", layer.Name);
        }
        return file.Write(folder);
    }

    /// <summary>In the layout before Keras 3.</summary>
    public string WriteLegacy(TemporaryFolder folder, string root, bool withTop = true)
    {
        var file = new Hdf5Builder();
        var layers = Layers.Where(l => withTop || l.Name is not ("predictions" or "fc1" or "fc2" or "conv_preds")).ToList();
        file.Group($"{root}/input_1");
        file.Texts(root, "layer_names", ["input_1", .. layers.Select(l => l.Name)]);
        file.Text(root, "backend", "tensorflow");
        foreach (var layer in layers)
        {
            var group = $"{root}/{layer.Name}";
            foreach (var (name, shape, values) in layer.Variables) file.Dataset($"{group}/{layer.Name}/{name}:0", shape, values);
            file.Texts(group, "weight_names", [.. layer.Variables.Select(v => $"{layer.Name}/{v.Name}:0")]);
        }
        return file.Write(folder);
    }

    /// <summary>The file gives exactly what is expected.</summary>
    public void ShouldBeGivenBy(ITensorFile file, bool withTop = true)
    {
        foreach (var (name, (shape, values)) in Expected)
        {
            if (!withTop && !file.Tensors.ContainsKey(name)) continue;
            file.Tensors[name].Shape.ShouldBe(shape, name);
            TorchFileTests.Values(file, name).ShouldBe(values, name);
        }
        if (!withTop) return;
        var missing = _shapes.Keys.Where(n => !n.EndsWith("num_batches_tracked", StringComparison.Ordinal)
            && !n.StartsWith("AuxLogits.", StringComparison.Ordinal)).Except(file.Tensors.Keys);
        missing.ShouldBeEmpty();
        file.Tensors.Keys.Except(_shapes.Keys).ShouldBeEmpty();
    }
}
