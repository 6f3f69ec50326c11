using System.Globalization;
using System.Text.RegularExpressions;
using CaptionTL.Weights.Hdf5;
using CaptionTL.Weights.Keras;

namespace CaptionTL.Weights;

/// <summary>
/// timm's names beside torchvision's. ResNet, DenseNet and Inception have the same ones; VGG and ConvNeXt differ by name only; the
/// EfficientNet and MobileNet families are built of the same layers in the same order, which is what is compared there.
/// </summary>
internal static partial class TimmNames
{
    private static readonly (string Pattern, string Replacement)[] Renames =
    [
        (@"^pre_logits\.fc1\.", "classifier.0."),
        (@"^pre_logits\.fc2\.", "classifier.3."),
        (@"^stem\.(\d)\.", "features.0.$1."),
        (@"^head\.norm\.", "classifier.0."),
    ];

    /// <summary>From the file's names to those wanted, with the wanted shape; null where these are not the same network.</summary>
    public static List<(string From, string To, long[]? Shape)>? Match(IReadOnlyDictionary<string, TensorEntry> tensors,
        IReadOnlyList<(string Name, long[] Shape)> wanted)
    {
        var shapes = wanted.ToDictionary(w => w.Name, w => w.Shape, StringComparer.Ordinal);
        if (tensors.ContainsKey("conv_stem.weight")) return InOrder(tensors, wanted);
        var last = wanted.Select(w => w.Name)
            .LastOrDefault(n => n.EndsWith(".weight", StringComparison.Ordinal))?[..^"weight".Length] ?? "";
        var renamed = new List<(string, string, long[]?)>();
        foreach (var (name, entry) in tensors)
        {
            var to = name.StartsWith("head.fc.", StringComparison.Ordinal) ? last + name["head.fc.".Length..] : Stage()
                .Replace(name, StageName);
            foreach (var (pattern, replacement) in Renames) to = Regex.Replace(to, pattern, replacement, RegexOptions.CultureInvariant);
            renamed.Add((name, to, shapes.TryGetValue(to, out var shape) && SameRows(shape, entry.Shape) ? shape : null));
        }
        return renamed.Count(r => shapes.ContainsKey(r.Item2)) * 2 >= wanted.Count ? renamed : null;
    }

    /// <summary>ConvNeXt: timm's stages hold downsampling and blocks, torchvision's features alternate between the two.</summary>
    private static string StageName(Match match)
    {
        var stage = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        if (match.Groups[2].Success) return $"features.{2 * stage}.{match.Groups[2].Value}.";
        var layer = match.Groups[4].Value switch
        {
            "conv_dw." => "block.0.",
            "norm." => "block.2.",
            "mlp.fc1." => "block.3.",
            "mlp.fc2." => "block.5.",
            _ => "layer_scale",
        };
        return $"features.{(2 * stage) + 1}.{match.Groups[3].Value}.{layer}";
    }

    /// <summary>Layers paired by their position; every pair must have the same tensors of the same shapes.</summary>
    private static List<(string From, string To, long[]? Shape)>? InOrder(IReadOnlyDictionary<string, TensorEntry> tensors,
        IReadOnlyList<(string Name, long[] Shape)> wanted)
    {
        var inverted = tensors.Keys.Where(n => n.EndsWith(".conv_pwl.weight", StringComparison.Ordinal))
            .Select(n => n[..^"conv_pwl.weight".Length]).ToHashSet(StringComparer.Ordinal);
        var theirs = tensors.Keys.GroupBy(Layer).OrderBy(g => Position(g.Key, inverted)).ToList();
        var ours = wanted.Select(w => w.Name).GroupBy(Layer).OrderBy(g => Counted(g.Key), StringComparer.Ordinal).ToList();
        if (theirs.Count != ours.Count) return null;
        var shapes = wanted.ToDictionary(w => w.Name, w => w.Shape, StringComparer.Ordinal);
        var pairs = new List<(string, string, long[]?)>();
        foreach (var (their, our) in theirs.Zip(ours))
        {
            foreach (var name in their)
            {
                var to = our.Key + name[their.Key.Length..];
                var isTop = their.Key == "classifier.";
                if (!shapes.TryGetValue(to, out var shape) || (!isTop && !SameButOnes(shape, tensors[name].Shape))) return null;
                pairs.Add((name, to, SameButOnes(shape, tensors[name].Shape) ? shape : null));
            }
        }
        return pairs;
    }

    /// <summary>
    /// torchvision's names sort as they are computed once the numbers in them are of equal length and the classifier is last.
    /// </summary>
    private static string Counted(string layer) =>
        (layer.StartsWith("features.", StringComparison.Ordinal) ? "0" : "1") + Number().Replace(layer, m => m.Value.PadLeft(6, '0'));

    private static string Layer(string name) => name[..(name.LastIndexOf('.') + 1)];

    /// <summary>Stage, block and place in the block, in the order of computation; stem first, head last.</summary>
    private static (int Stage, int Block, int Place) Position(string layer, HashSet<string> inverted)
    {
        if (layer is "conv_stem." or "bn1.") return (-1, 0, layer == "bn1." ? 1 : 0);
        if (BlockLayer().Match(layer) is not { Success: true } match)
            return (int.MaxValue, 0, Array.IndexOf(["conv_head.", "bn2.", "norm_head.", "classifier."], layer));
        string[] order = inverted.Contains(match.Groups[1].Value)
            ? ["conv_pw.", "bn1.", "conv_dw.", "bn2.", "se.conv_reduce.", "se.conv_expand.", "conv_pwl.", "bn3."]
            : ["conv_dw.", "conv.", "bn1.", "se.conv_reduce.", "se.conv_expand.", "conv_pw.", "bn2."];
        return (int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture),
            int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture), Array.IndexOf(order, match.Groups[4].Value));
    }

    /// <summary>A convolution over the whole grid is a dense layer on the flattened grid: (O, C, H, W) and (O, C·H·W).</summary>
    private static bool SameRows(long[] a, long[] b) => a.FirstOrDefault() == b.FirstOrDefault()
        && a.Aggregate(1L, (n, m) => n * m) == b.Aggregate(1L, (n, m) => n * m);

    private static bool SameButOnes(long[] a, long[] b) => a.Where(n => n != 1).SequenceEqual(b.Where(n => n != 1));

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^stages\.(\d{1,3})\.(?:downsample\.(\d)\.|blocks\.(\d{1,3})\.(conv_dw\.|norm\.|mlp\.fc1\.|mlp\.fc2\.|gamma$))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^(blocks\.(\d{1,3})\.(\d{1,3})\.)(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex BlockLayer();
}

/// <summary>From the names that files give their tensors to those of this library's networks, which are torchvision's or timm's.</summary>
public static partial class WeightNames
{
    /// <summary>What training scripts put before every name: DataParallel, torch.compile, wrappers.</summary>
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "backbone.", "encoder.", "net."];

    /// <summary>
    /// Keras's layers by torchvision's or timm's names and in their layout; otherwise without a prefix that all names have, and
    /// torchvision's old DenseNet names (<c>norm.1</c>) as the new ones (<c>norm1</c>).
    /// </summary>
    /// <param name="file">Stays the caller's to dispose.</param>
    /// <param name="architecture">The registry's name of the network.</param>
    /// <exception cref="WeightFileException">Two tensors come out under one name, or Keras's layers are not those of the
    /// architecture.</exception>
    public static ITensorFile Normalize(ITensorFile file, string architecture)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file is Hdf5File keras) return KerasWeights.Convert(keras, architecture);
        var names = file.Tensors.Keys.Select(n => (From: n, To: n)).ToList();
        while (Prefixes.FirstOrDefault(p => names.Any(n => n.To.StartsWith(p, StringComparison.Ordinal))
            && names.All(n => n.To.StartsWith(p, StringComparison.Ordinal) || !n.To.Contains('.', StringComparison.Ordinal)))
            is { } prefix)
            names = [.. names.Where(n => n.To.StartsWith(prefix, StringComparison.Ordinal)).Select(n => (n.From, n.To[prefix.Length..]))];
        return Renamed(file, names.Select(n => (n.From, OldDenseNet().Replace(n.To, "$1$2"), (long[]?)null)));
    }

    /// <summary>Where the names are timm's and the network's torchvision's: the same tensors by torchvision's names.</summary>
    /// <param name="file">Stays the caller's to dispose.</param>
    /// <param name="wanted">The network's names and shapes, in the order of its state dict.</param>
    public static ITensorFile Fit(ITensorFile file, IReadOnlyList<(string Name, long[] Shape)> wanted)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(wanted);
        if (wanted.All(w => file.Tensors.ContainsKey(w.Name))) return file;
        return TimmNames.Match(file.Tensors, wanted) is { } renamed ? Renamed(file, renamed) : file;
    }

    private static TensorView Renamed(ITensorFile file, IEnumerable<(string From, string To, long[]? Shape)> names)
    {
        var view = new TensorView(file);
        foreach (var (from, to, shape) in names) view.AddRenamed(to, from, shape);
        return view;
    }

    [GeneratedRegex(@"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)", RegexOptions.CultureInvariant)]
    private static partial Regex OldDenseNet();
}
