using CaptionTL.Weights.Hdf5;

namespace CaptionTL.Weights.Keras;

/// <summary>
/// Weights of keras.applications (https://keras.io/api/applications) as the tensors of this library's networks: kernels HWIO → OIHW, dense
/// kernels transposed, a convolution's bias taken into the mean of the normalisation behind it, Keras's epsilon into its variance, a
/// missing gamma as ones. All of that is exact in inference; where Keras pads, pools or steps otherwise, the weights are those of a variant
/// of the network (keras_…) that does so too.
/// </summary>
internal static class KerasWeights
{
    /// <exception cref="WeightFileException">The layers are not those of the architecture.</exception>
    public static ITensorFile Convert(Hdf5File file, string architecture)
    {
        if (KerasNetworks.Find(architecture) is not { } network)
            throw new WeightFileException(file.Path, "architecture", $"Keras's weights are read for {string.Join(", ", KerasNetworks.Names)}, not for {architecture}; use a .safetensors or .pth file");
        var pairs = Match(file, KerasLayers.Read(file), network, architecture);
        var view = new TensorView(file);
        var converter = new KerasConverter(file, view, network);
        foreach (var (target, layer) in pairs) converter.Add(target, layer, target.TakesBiasOf is { } conv ? pairs.First(p => p.Target.Torch == conv).Layer : null);
        return view;
    }

    /// <summary>Layers by name where the network names them, the others by their order among those of their kind.</summary>
    private static List<(KerasTarget Target, KerasLayer Layer)> Match(Hdf5File file, List<KerasLayer> layers, KerasNetwork network, string architecture)
    {
        var named = new Dictionary<string, KerasLayer>(StringComparer.Ordinal);
        foreach (var layer in layers)
            if (!named.TryAdd(layer.Name, layer)) throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(layer.Name)}'", "stands twice");
        var taken = new Dictionary<KerasTarget, KerasLayer>();
        foreach (var target in network.Targets)
            if (target.Names.Select(n => named.GetValueOrDefault(n)).FirstOrDefault(l => l is not null) is { } layer) taken.Add(target, layer);
        var used = taken.Values.ToHashSet();
        foreach (var kind in Enum.GetValues<KerasKind>())
        {
            var open = network.Targets.Where(t => t.Kind == kind && !taken.ContainsKey(t)).ToList();
            var left = layers.Where(l => l.Kind == kind && !used.Contains(l)).ToList();
            if (left.Count == open.Count(t => !t.IsTop)) open.RemoveAll(t => t.IsTop);
            if (left.Count != open.Count)
                throw new WeightFileException(file.Path, "layers", $"{left.Count} layers of kind {kind} cannot be told apart or are too many or few for {architecture}, which has {open.Count} of them left: the file is of another network");
            foreach (var (target, layer) in open.Zip(left)) taken.Add(target, layer);
        }
        if (layers.FirstOrDefault(l => l.Kind is null && !taken.ContainsValue(l)) is { } odd) throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(odd.Name)}'", $"{architecture} has no such layer");
        return [.. network.Targets.Where(taken.ContainsKey).Select(t => (t, taken[t]))];
    }
}
