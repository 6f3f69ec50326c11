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
    /// <param name="includeTop">False where only the embeddings are wanted: the top is not loaded.</param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random.</exception>
    public static CnnEncoder Load(
        BackboneWeights weights, string path, string sha256, Preprocessing? preprocessing = null, string? cut = null, Precision precision = Precision.Auto, bool includeTop = true)
    {
        using var file = SafetensorsFile.Open(path);
        var backbone = LoadBackbone(weights.Architecture, file, path, options: includeTop ? null : new BackboneOptions { IncludeTop = false });
        return new CnnEncoder(backbone, preprocessing ?? weights.Preprocessing, sha256, cut, precision);
    }

    /// <summary>
    /// A backbone from a file: whole, or its blocks up to <paramref name="cut"/> without a top. Where <paramref name="options"/> ask for
    /// another number of classes than the file has, the last layer is new and everything else kept; for other input channels the first
    /// convolution's weights are summed (one channel) or repeated and scaled, so that its outputs keep their size.
    /// </summary>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static Backbone LoadBackbone(string architecture, SafetensorsFile file, string path, string? cut = null, BackboneOptions? options = null)
    {
        using var _ = torch.no_grad();
        var entry = BackboneRegistry.Find(architecture);
        var published = file.Tensors.GetValueOrDefault(entry.Classifier + ".weight") is { Shape: [var rows, ..] } ? (int)rows : 1000;
        options ??= new BackboneOptions { Classes = published, IncludeTop = cut is null };
        var newClasses = options.Classes != published;
        var hasAuxiliary = entry.AuxiliaryPrefix is { } auxiliary && file.Tensors.Keys.Any(name => name.StartsWith(auxiliary, StringComparison.Ordinal));
        var first = entry.FirstConvolution + ".weight";
        var newChannels = file.Tensors.GetValueOrDefault(first) is { Shape: [_, var channels, _, _] } && channels != options.InputChannels;
        var backbone = entry.Build(options with { AuxiliaryHead = options.AuxiliaryHead && hasAuxiliary && !newClasses });
        try
        {
            StateDict.Load(backbone, file, path, needed: Needed);
            if (newChannels) CopyFirstConvolution(backbone, file, path, first);
            return backbone;
        }
        catch
        {
            backbone.Dispose();
            throw;
        }

        bool Needed(string name) =>
            (cut is null || BelongsTo(backbone, cut, name)) && !(newChannels && name == first)
            && !(newClasses && name.StartsWith(entry.Classifier + ".", StringComparison.Ordinal));
    }

    private static void CopyFirstConvolution(Backbone backbone, SafetensorsFile file, string path, string name)
    {
        var channels = backbone.Options.InputChannels;
        using var scope = torch.NewDisposeScope();
        var stored = StateDict.Read(file, name).to(torch.ScalarType.Float32);
        var had = stored.shape[1];
        var adapted = channels == 1 ? stored.sum([1], keepdim: true)
            : stored.repeat(1, (channels + had - 1) / had, 1, 1).narrow(1, 0, channels).mul((double)had / channels);
        var parameter = backbone.state_dict()[name];
        if (!adapted.shape.SequenceEqual(parameter.shape))
            throw new WeightFileException(path, name, $"has shape [{string.Join(", ", stored.shape)}], of which no convolution for {channels} input channels of {backbone.Architecture} can be made. The file is of another network");
        parameter.copy_(adapted);
    }

    /// <summary>Whether a tensor of the state dict belongs to the blocks up to and including a cut.</summary>
    public static bool BelongsTo(Backbone backbone, string cut, string name) =>
        backbone.Blocks.Take(backbone.IndexOf(cut) + 1).SelectMany(b => b.Prefixes).Any(p => name.StartsWith(p, StringComparison.Ordinal));
}
