using System.Text.RegularExpressions;
using CaptionTL.Weights.Hdf5;
using CaptionTL.Weights.Keras;

namespace CaptionTL.Weights;

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
    /// <exception cref="WeightFileException">Two tensors come out under one name, or Keras's layers are not those of the architecture.</exception>
    public static ITensorFile Normalize(ITensorFile file, string architecture)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file is Hdf5File keras) return KerasWeights.Convert(keras, architecture);
        var names = file.Tensors.Keys.Select(n => (From: n, To: n)).ToList();
        while (Prefixes.FirstOrDefault(p => names.Any(n => n.To.StartsWith(p, StringComparison.Ordinal)) && names.All(n => n.To.StartsWith(p, StringComparison.Ordinal) || !n.To.Contains('.', StringComparison.Ordinal))) is { } prefix)
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
