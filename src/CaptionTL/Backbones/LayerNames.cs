using CaptionTL.Backbones.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// What a name means within a backbone: a block (stem, layer3) or a layer, which is any module by its path in the state dict
/// (layer3.2.bn2). Where a block and a layer share a name, the block is meant; layer:NAME means the layer in any case.
/// </summary>
internal static class LayerNames
{
    private const string LayerPrefix = "layer:";

    /// <summary>The block that is meant, or null where it is a layer or nothing at all.</summary>
    public static BackboneBlock? Block(Backbone backbone, string name) => backbone.Blocks.FirstOrDefault(b => b.Name == name);

    /// <summary>The layer's path and module.</summary>
    /// <exception cref="CaptionTLException">There is none; the message lists near matches.</exception>
    public static (string Path, nn.Module Module) Layer(Backbone backbone, string name)
    {
        var path = name.StartsWith(LayerPrefix, StringComparison.Ordinal) ? name[LayerPrefix.Length..] : name;
        foreach (var (known, module) in backbone.named_modules())
            if (known == path) return (path, module);
        throw Unknown(backbone, path);
    }

    /// <summary>State-dict names that belong to a block or layer begin with one of these.</summary>
    /// <exception cref="CaptionTLException">There is no such block or layer; the message lists near matches.</exception>
    public static IReadOnlyList<string> Prefixes(Backbone backbone, string name) =>
        Block(backbone, name)?.Prefixes ?? [Layer(backbone, name).Path + "."];

    /// <summary>
    /// A sequence's last part, its last part and so on, outermost first. Where a backbone runs the parts of a sequence one by one, the
    /// outermost of these that runs gives the sequence's output.
    /// </summary>
    public static IEnumerable<nn.Module<Tensor, Tensor>> LastParts(nn.Module sequence)
    {
        for (var module = sequence;
            module is Group { IsSequence: true } && module.children().LastOrDefault() is nn.Module<Tensor, Tensor> last;
            module = last)
            yield return last;
    }

    private static CaptionTLException Unknown(Backbone backbone, string name)
    {
        var near = NearMatches.Of(name, backbone.Blocks.Select(b => b.Name).Concat(backbone.named_modules().Select(m => m.name)));
        return new CaptionTLException(near.Count > 0
            ? $"{backbone.Architecture} has no block or layer named '{name}'. Did you mean {string.Join(", ", near)}? 'captiontl models "
            + $"summary {backbone.Architecture} --tree' lists all."
            : $"{backbone.Architecture} has no block or layer named '{name}'. Its blocks are "
            + $"{string.Join(", ", backbone.Blocks.Select(b => b.Name))}; 'captiontl models summary {backbone.Architecture} --tree' "
            + $"lists all layers.");
    }
}
