using CaptionTL.Images;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL.Backbones;

/// <summary>From the name of published weights to an encoder ready to run.</summary>
public static class PretrainedEncoder
{
    /// <param name="weights">From the registry.</param>
    /// <param name="path">Where its safetensors file lies.</param>
    /// <param name="sha256">Of the file.</param>
    /// <param name="preprocessing">The weights' own, or a change of it (size, squash).</param>
    /// <param name="cut">The last block to compute; the last of all when null.</param>
    /// <param name="precision">Arithmetic.</param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random.</exception>
    public static CnnEncoder Load(
        BackboneWeights weights, string path, string sha256, Preprocessing? preprocessing = null, string? cut = null, Precision precision = Precision.Auto)
    {
        using var file = SafetensorsFile.Open(path);
        var backbone = LoadBackbone(weights.Architecture, file, path);
        return new CnnEncoder(backbone, preprocessing ?? weights.Preprocessing, sha256, cut, precision);
    }

    /// <summary>A whole backbone, or its blocks up to <paramref name="cut"/>, from a file.</summary>
    public static Backbone LoadBackbone(string architecture, SafetensorsFile file, string path, string? cut = null)
    {
        using var _ = torch.no_grad();
        var entry = BackboneRegistry.Find(architecture);
        var classifier = file.Tensors.GetValueOrDefault(entry.Classifier + ".weight");
        var backbone = entry.Build(new BackboneOptions { Classes = cut is null && classifier is { Shape.Length: > 0 } ? (int)classifier.Shape[0] : 1000 });
        try
        {
            StateDict.Load(backbone, file, path, needed: cut is null ? null : name => BelongsTo(backbone, cut, name));
            return backbone;
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <summary>Whether a tensor of the state dict belongs to the blocks up to and including a cut.</summary>
    public static bool BelongsTo(Backbone backbone, string cut, string name) =>
        backbone.Blocks.Take(backbone.IndexOf(cut) + 1).SelectMany(b => b.Prefixes).Any(p => name.StartsWith(p, StringComparison.Ordinal));
}
