using System.Runtime.InteropServices;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Weights.Hdf5;

namespace CaptionTL.Weights.Keras;

/// <summary>Adds a layer's tensors to a view, as float32 in PyTorch's layout.</summary>
internal sealed class KerasConverter(Hdf5File file, TensorView view, KerasNetwork network)
{
    /// <param name="target">What it becomes.</param>
    /// <param name="layer">Where it comes from.</param>
    /// <param name="biased">For a normalisation: the convolution whose bias goes into its mean, or null.</param>
    public void Add(KerasTarget target, KerasLayer layer, KerasLayer? biased)
    {
        switch (target.Kind)
        {
            case KerasKind.Norm:
                AddNorm(target, layer, biased);
                break;
            case KerasKind.Dense:
                Require(layer, [2, 1], [2]);
                AddDense(target, layer);
                AddBias(target, layer, 1);
                break;
            case KerasKind.Separable:
                Require(layer, [4, 4]);
                AddKernel(target.Torch + ".conv1.weight", layer.Datasets[0], depthwise: true, swaps: false);
                AddKernel(target.Torch + ".pointwise.weight", layer.Datasets[1], depthwise: false, swaps: false);
                break;
            default:
                Require(layer, [4, 1], [4]);
                if (target.IsTop) AddPointwiseTop(target, layer);
                else AddKernel(target.Torch + ".weight", layer.Datasets[0], target.Kind == KerasKind.Depthwise, target.SwapsColours);
                if (!network.Targets.Any(t => t.TakesBiasOf == target.Torch)) AddBias(target, layer, 1);
                break;
        }
    }

    /// <summary>(H, W, I, O) → (O, I, H, W); depthwise (H, W, C, M) → (C·M, 1, H, W).</summary>
    private void AddKernel(string name, string dataset, bool depthwise, bool swaps)
    {
        var shape = file.Tensors[dataset].Shape;
        var (cells, inputs, outputs) = (shape[0] * shape[1], depthwise ? 1 : shape[2], depthwise ? shape[2] * shape[3] : shape[3]);
        var swap = swaps && inputs == 3;
        AddFloats(name, [outputs, inputs, shape[0], shape[1]], destination =>
            Transpose(Floats(dataset), checked((int)(cells * inputs)), (int)outputs, destination, row =>
                (int)(((swap ? 2 - (row % inputs) : row % inputs) * cells) + (row / inputs))));
    }

    /// <summary>(in, out) → (out, in); behind Flatten, the inputs go from (H, W, C) to (C, H, W).</summary>
    private void AddDense(KerasTarget target, KerasLayer layer)
    {
        var shape = file.Tensors[layer.Datasets[0]].Shape;
        var cells = target.FlattenedCells;
        if (shape[0] % cells != 0)
            throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'", $"its {shape[0]} inputs do not come "
                + $"from a grid of {cells} cells: the network was made for another input size");
        var channels = (int)(shape[0] / cells);
        AddFloats(target.Torch + ".weight", [shape[1], shape[0]], destination =>
            Transpose(Floats(layer.Datasets[0]), (int)shape[0], (int)shape[1], destination, row => (row % channels * cells)
                + (row / channels)));
    }

    /// <summary>A 1×1 convolution on one cell is a dense layer.</summary>
    private void AddPointwiseTop(KerasTarget target, KerasLayer layer)
    {
        var shape = file.Tensors[layer.Datasets[0]].Shape;
        if (shape[0] != 1 || shape[1] != 1)
            throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'", "is not a 1×1 convolution");
        AddFloats(target.Torch + ".weight", [shape[3], shape[2]], destination =>
            Transpose(Floats(layer.Datasets[0]), (int)shape[2], (int)shape[3], destination, row => row));
    }

    private void AddBias(KerasTarget target, KerasLayer layer, int index)
    {
        if (index >= layer.Datasets.Count) return;
        var bias = layer.Datasets[index];
        AddFloats(target.Torch + ".bias", file.Tensors[bias].Shape, destination => Floats(bias).CopyTo(destination));
    }

    private void AddNorm(KerasTarget target, KerasLayer layer, KerasLayer? biased)
    {
        Require(layer, [1, 1, 1, 1], [1, 1, 1]);
        var hasScale = layer.Datasets.Count == 4;
        var paths = hasScale ? layer.Datasets : [layer.Datasets[0], .. layer.Datasets];
        var shape = file.Tensors[paths[1]].Shape;
        if (paths.Any(p => file.Tensors[p].Shape[0] != shape[0]))
            throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'",
                "its variables are of different lengths");
        AddFloats(target.Torch + ".weight", shape, destination =>
        {
            if (hasScale) Floats(paths[0]).CopyTo(destination);
            else destination.Fill(1);
        });
        AddFloats(target.Torch + ".bias", shape, destination => Floats(paths[1]).CopyTo(destination));
        AddFloats(target.Torch + ".running_mean", shape, destination =>
        {
            Floats(paths[2]).CopyTo(destination);
            if (biased is not { Datasets.Count: 2 }) return;
            var bias = Floats(biased.Datasets[1]);
            if (bias.Length != destination.Length)
                throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(biased.Name)}'",
                    "its bias does not fit the normalisation behind it");
            for (var i = 0; i < bias.Length; i++) destination[i] -= bias[i]; // (x + b) − m = x − (m − b)
        });
        AddFloats(target.Torch + ".running_var", shape, destination =>
        {
            Floats(paths[3]).CopyTo(destination);
            for (var i = 0; i < destination.Length; i++) destination[i] = (float)(destination[i] + (network.Epsilon - network.OwnEpsilon));
        });
    }

    private void Require(KerasLayer layer, params int[][] dimensions)
    {
        var found = layer.Datasets.Select(d => file.Tensors[d].Shape.Length).ToArray();
        if (!dimensions.Any(d => d.SequenceEqual(found)))
            throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'",
                $"it has variables of {string.Join(", ", found)} dimensions, {string.Join(", ", dimensions[0])} were expected");
    }

    private delegate void FloatReader(Span<float> destination);

    private void AddFloats(string name, long[] shape, FloatReader reader)
    {
        var length = TensorShapes.ByteLength(TensorDType.F32, shape) ?? throw new WeightFileException(file.Path, $"tensor '{name}'",
            "is too large");
        view.Add(new TensorEntry(name, TensorDType.F32, shape, length), destination =>
            reader(MemoryMarshal.Cast<byte, float>(destination)));
    }

    private float[] Floats(string dataset)
    {
        var entry = file.Tensors[dataset];
        if (entry.Length > int.MaxValue)
            throw new WeightFileException(file.Path, $"dataset '{TensorShapes.Shown(dataset)}'", $"{entry.Length} bytes are too many");
        if (entry.DType != TensorDType.F32)
        {
            using var stored = StateDict.Read(file, dataset);
            return OnnxWeights.Of(stored);
        }
        var values = new float[entry.Count];
        file.Read(dataset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>
    /// destination[column, place(row)] = source[row, column], some columns at a time so that both sides stay in the cache.
    /// </summary>
    private static void Transpose(float[] source, int rows, int columns, Span<float> destination, Func<int, int> place)
    {
        const int Step = 16;
        var places = new int[rows];
        for (var row = 0; row < rows; row++) places[row] = place(row);
        for (var first = 0; first < columns; first += Step)
        {
            var last = Math.Min(columns, first + Step);
            for (var row = 0; row < rows; row++)
                for (var column = first; column < last; column++)
                    destination[(column * rows) + places[row]] = source[(row * columns) + column];
        }
    }
}

/// <summary>
/// Weights of keras.applications (https://keras.io/api/applications) as the tensors of this library's networks: kernels HWIO → OIHW, dense
/// kernels transposed, a convolution's bias taken into the mean of the normalisation behind it, Keras's epsilon into its variance, a
/// missing gamma as ones. All of that is exact in inference; where Keras pads, pools or steps otherwise, the weights are those of a
/// variant of the network (keras_…) that does so too.
/// </summary>
internal static class KerasWeights
{
    /// <exception cref="WeightFileException">The layers are not those of the architecture.</exception>
    public static ITensorFile Convert(Hdf5File file, string architecture)
    {
        if (KerasNetworks.Find(architecture) is not { } network)
            throw new WeightFileException(file.Path, "architecture", $"Keras's weights are read for "
                + $"{string.Join(", ", KerasNetworks.Names)}, not for {architecture}; use a .safetensors or .pth file");
        var pairs = Match(file, KerasLayers.Read(file), network, architecture);
        var view = new TensorView(file);
        var converter = new KerasConverter(file, view, network);
        foreach (var (target, layer) in pairs)
            converter.Add(target, layer, target.TakesBiasOf is { } conv ? pairs.First(p => p.Target.Torch == conv).Layer : null);
        return view;
    }

    /// <summary>Layers by name where the network names them, the others by their order among those of their kind.</summary>
    private static List<(KerasTarget Target, KerasLayer Layer)> Match(Hdf5File file, List<KerasLayer> layers, KerasNetwork network,
        string architecture)
    {
        var named = new Dictionary<string, KerasLayer>(StringComparer.Ordinal);
        foreach (var layer in layers)
            if (!named.TryAdd(layer.Name, layer))
                throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'", "occurs twice");
        var taken = new Dictionary<KerasTarget, KerasLayer>();
        foreach (var target in network.Targets)
            if (target.Names.Select(n => named.GetValueOrDefault(n)).FirstOrDefault(l => l is not null) is { } layer)
                taken.Add(target, layer);
        var used = taken.Values.ToHashSet();
        foreach (var kind in Enum.GetValues<KerasKind>())
        {
            var open = network.Targets.Where(t => t.Kind == kind && !taken.ContainsKey(t)).ToList();
            var left = layers.Where(l => l.Kind == kind && !used.Contains(l)).ToList();
            if (left.Count == open.Count(t => !t.IsTop)) open.RemoveAll(t => t.IsTop);
            if (left.Count != open.Count)
                throw new WeightFileException(file.Path, "layers", $"{left.Count} layers of kind {kind} cannot be told apart or are too "
                    + $"many or few for {architecture}, which has {open.Count} of them left: the file is of another network");
            foreach (var (target, layer) in open.Zip(left)) taken.Add(target, layer);
        }
        if (layers.FirstOrDefault(l => l.Kind is null && !taken.ContainsValue(l)) is { } odd)
            throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(odd.Name)}'", $"{architecture} has no such layer");
        return [.. network.Targets.Where(taken.ContainsKey).Select(t => (t, taken[t]))];
    }
}

/// <summary>A layer of a network as keras.applications defines it, and what it is called here.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Torch">Prefix of its tensors here, without the last full stop.</param>
/// <param name="Names">Keras's names for it; none where Keras numbers such layers.</param>
internal sealed record KerasTarget(KerasKind Kind, string Torch, params string[] Names)
{
    /// <summary>Absent in files saved with include_top=False.</summary>
    public bool IsTop { get; init; }

    /// <summary>The first convolution of a network that takes blue first, here red first.</summary>
    public bool SwapsColours { get; init; }

    /// <summary>A dense layer behind Flatten: height × width of the grid, whose channels come last in Keras and first here.</summary>
    public int FlattenedCells { get; init; } = 1;

    /// <summary>Of a normalisation: the convolution before it, whose bias is taken into its mean.</summary>
    public string? TakesBiasOf { get; init; }
}
