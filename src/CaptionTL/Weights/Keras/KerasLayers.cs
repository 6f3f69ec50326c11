using System.Globalization;
using System.Text.RegularExpressions;
using CaptionTL.Weights.Hdf5;

namespace CaptionTL.Weights.Keras;

/// <summary>
/// The layers of a Keras file. Keras 3 (.weights.h5): layers/NAME/vars/N, where NAME is the layer's class and a number, and its own name
/// may stand in an attribute. Before (.h5): the attributes layer_names and weight_names, in the root or in model_weights.
/// </summary>
internal static partial class KerasLayers
{
    private const int MaxAttributeParts = 1000;

    /// <summary>In the order of Keras's model.layers, at least within a kind.</summary>
    /// <exception cref="WeightFileException">The file's layout is neither.</exception>
    public static List<KerasLayer> Read(Hdf5File file)
    {
        var root = new[] { "", "model_weights" }.FirstOrDefault(path => Texts(file, path, "layer_names") is not null);
        var layers = root is not null ? ReadLegacy(file, root) : ReadVars(file);
        if (layers.Count == 0)
            throw new WeightFileException(file.Path, "layers", "neither Keras 3's layers/NAME/vars nor the attribute layer_names of "
                + "earlier versions is there: this is not a file of Keras weights");
        return layers;
    }

    private static List<KerasLayer> ReadLegacy(Hdf5File file, string root)
    {
        var layers = new List<KerasLayer>();
        foreach (var name in Texts(file, root, "layer_names")!)
        {
            var group = root.Length == 0 ? name : $"{root}/{name}";
            var weights = Texts(file, group, "weight_names") ?? [];
            if (weights.Count == 0) continue;
            var paths = weights.Select(w => $"{group}/{w}").ToList();
            if (paths.FirstOrDefault(p => !file.Tensors.ContainsKey(p)) is { } missing)
                throw new WeightFileException(file.Path, $"layer '{TensorShapes.Shown(name)}'",
                    $"its dataset '{TensorShapes.Shown(missing)}' is missing");
            layers.Add(new KerasLayer(name, KindOf(paths.Select(p => file.Tensors[p].Shape.Length).ToList()), paths));
        }
        return layers;
    }

    private static List<KerasLayer> ReadVars(Hdf5File file)
    {
        var found = new List<(string Group, string Name, KerasKind? Kind, int Number, int Index, string Path)>();
        foreach (var path in file.Tensors.Keys)
        {
            if (Variable().Match(path) is not { Success: true } match) continue;
            var (group, name) = (match.Groups[1].Value, match.Groups[2].Value);
            var parts = ClassName().Match(name);
            var number = parts.Groups[2].Success ? int.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
            found.Add((group, name, parts.Success ? ClassKind(parts.Groups[1].Value) : null, number,
                int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture), path));
        }
        // A network may stand within another (layers/functional/layers/…): the one of most layers is meant.
        var network = found.GroupBy(f => f.Group).OrderByDescending(g => g.Count()).FirstOrDefault();
        var layers = new List<KerasLayer>();
        foreach (var layer in network?.GroupBy(f => f.Name).OrderBy(g => g.First().Number) ?? Enumerable.Empty<IGrouping<string,
            (string Group, string Name, KerasKind? Kind, int Number, int Index, string Path)>>())
        {
            var paths = layer.OrderBy(f => f.Index).Select(f => f.Path).ToList();
            var own = file.Texts($"{network!.Key}{layer.Key}/vars", "name") is [var given] ? given : layer.Key;
            layers.Add(new KerasLayer(own, layer.First().Kind ?? KindOf([.. paths.Select(p => file.Tensors[p].Shape.Length)]), paths));
        }
        return layers;
    }

    private static KerasKind? ClassKind(string name) => name switch
    {
        "conv2d" => KerasKind.Conv,
        "depthwise_conv2d" => KerasKind.Depthwise,
        "separable_conv2d" => KerasKind.Separable,
        "batch_normalization" => KerasKind.Norm,
        _ => KerasKind.Dense,
    };

    /// <summary>From the variables' numbers of dimensions. A depthwise kernel looks like any other; those have names.</summary>
    private static KerasKind? KindOf(List<int> dimensions) => dimensions switch
    {
        [4, 4, ..] => KerasKind.Separable,
        [4] or [4, 1] => KerasKind.Conv,
        [2] or [2, 1] => KerasKind.Dense,
        [1, 1, 1] or [1, 1, 1, 1] => KerasKind.Norm,
        _ => null,
    };

    /// <summary>Keras splits attributes of more than 64 KB into NAME0, NAME1, …</summary>
    private static IReadOnlyList<string>? Texts(Hdf5File file, string path, string name)
    {
        if (file.Texts(path, name) is { } whole) return whole;
        var parts = new List<string>();
        for (var i = 0; i < MaxAttributeParts && file.Texts(path, FormattableString.Invariant($"{name}{i}")) is { } part; i++)
            parts.AddRange(part);
        return parts.Count > 0 ? parts : null;
    }

    [GeneratedRegex(@"^(.*?(?:layers|_layer_checkpoint_dependencies)/)([^/]+)/vars/(\d{1,3})$",
        RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(conv2d|depthwise_conv2d|separable_conv2d|batch_normalization|dense)(?:_(\d{1,6}))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex ClassName();
}

/// <summary>A layer of a Keras file.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Kind">From its class's name where the file has that, otherwise from its shapes.</param>
/// <param name="Datasets">Paths of its variables in Keras's order: kernel, bias; gamma, beta, moving mean, moving variance.</param>
internal sealed record KerasLayer(string Name, KerasKind? Kind, IReadOnlyList<string> Datasets);

/// <summary>Layers with weights that keras.applications uses.</summary>
internal enum KerasKind { Conv, Depthwise, Separable, Norm, Dense }
