using CaptionTL.Images;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL.Backbones;

/// <summary>From the name of published weights to an encoder ready to run.</summary>
public static class PretrainedEncoder
{
    /// <param name="weights">From the registry.</param>
    /// <param name="path">Where its file lies: safetensors, PyTorch's or Keras's.</param>
    /// <param name="sha256">Of the file.</param>
    /// <param name="preprocessing">The weights' own, or a change of it (size, squash).</param>
    /// <param name="cut">The last block to compute; the last of all when null.</param>
    /// <param name="precision">Arithmetic.</param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random.</exception>
    public static CnnEncoder Load(
        BackboneWeights weights, string path, string sha256, Preprocessing? preprocessing = null, string? cut = null, Precision precision = Precision.Auto)
    {
        using var file = TensorFile.Open(path);
        var backbone = LoadBackbone(weights.Architecture, file, path);
        return new CnnEncoder(backbone, preprocessing ?? weights.Preprocessing, sha256, cut, precision);
    }

    /// <summary>A whole backbone, or its blocks up to <paramref name="cut"/>, from a file of any format; names are brought to the network's.</summary>
    /// <param name="architecture">The registry's name.</param>
    /// <param name="file">Stays the caller's to dispose.</param>
    /// <param name="path">For messages.</param>
    /// <param name="cut">The last block that must come from the file; all and the top when null.</param>
    /// <param name="classes">
    /// Classes of the top. Null: as many as the file's. Where the file has another number, the last layer stays random, to be trained.
    /// </param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random but those asked for.</exception>
    public static Backbone LoadBackbone(string architecture, ITensorFile file, string path, string? cut = null, int? classes = null)
    {
        using var _ = torch.no_grad();
        var entry = BackboneRegistry.Find(architecture);
        using var known = WeightNames.Normalize(file, entry.Architecture);
        var stored = ClassesOf(known, entry.Classifier);
        var backbone = entry.Build(new BackboneOptions { Classes = classes ?? (cut is null ? stored : null) ?? 1000 });
        try
        {
            using var fitted = WeightNames.Fit(known, [.. backbone.state_dict().Select(p => (p.Key, p.Value.shape))]);
            var newTop = classes is not null && classes != stored;
            StateDict.Load(backbone, fitted, path, needed: name =>
                (cut is null || BelongsTo(backbone, cut, name)) && !(newTop && name.StartsWith(entry.Classifier + ".", StringComparison.Ordinal)));
            return backbone;
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <summary>The last layer's rows, under the network's own name for it or the ones other libraries give it.</summary>
    private static int? ClassesOf(ITensorFile file, string classifier)
    {
        foreach (var name in (string[])[classifier, "head.fc", "classifier", "fc"])
            if (file.Tensors.GetValueOrDefault(name + ".weight") is { Shape: [> 0 and <= 1_000_000, ..] } top) return (int)top.Shape[0];
        return null;
    }

    /// <summary>Whether a tensor of the state dict belongs to the blocks up to and including a cut.</summary>
    public static bool BelongsTo(Backbone backbone, string cut, string name) =>
        backbone.Blocks.Take(backbone.IndexOf(cut) + 1).SelectMany(b => b.Prefixes).Any(p => name.StartsWith(p, StringComparison.Ordinal));
}
