using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// Outputs of any named layers of a backbone. A name is a block's, a layer's path in the state dict (layer3.2.bn2, features.17) or
/// "logits" for the class scores; where a block and a layer share a name the block is meant, and layer:NAME means the layer.
/// </summary>
public static class LayerFeatures
{
    /// <summary>The name of the class scores.</summary>
    public const string Logits = "logits";

    /// <summary>
    /// Runs the backbone until the last of the layers has its output, and no further. Mode and gradients are as the caller set them.
    /// Not for two threads on one backbone at once.
    /// </summary>
    /// <param name="backbone">With its weights loaded; usually in inference mode.</param>
    /// <param name="pixels">Normalised pixels (N, C, H, W).</param>
    /// <param name="layers">At least one; a layer that runs more than once gives its first output.</param>
    /// <returns>Copies, by the names as they were asked for, in the order asked for: (N, C', h, w) for most, (N, features) for the top's.</returns>
    /// <exception cref="CaptionTLException">
    /// There is no such layer (near matches are listed), it takes or gives something else than one tensor, or it is not computed; or the
    /// pixels do not fit the architecture.
    /// </exception>
    public static IReadOnlyDictionary<string, Tensor> Extract(Backbone backbone, Tensor pixels, params IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0) throw new CaptionTLException("No layer is named; name at least one whose output to take.");
        backbone.RequireFits(pixels);
        using var scope = NewDisposeScope();
        using var taps = new LayerTaps();
        var needsTop = false;
        foreach (var name in layers.Distinct(StringComparer.Ordinal))
        {
            if (LayerNames.Block(backbone, name) is not null || name == Logits) taps.Expect(name);
            else taps.Attach(name, LayerNames.Layer(backbone, name).Module, backbone.Architecture);
            needsTop |= name == Logits;
        }
        try
        {
            Run(backbone, pixels, taps, needsTop);
        }
        catch (LayerTaps.Complete)
        {
            // what was asked for is there
        }
        return layers.Distinct(StringComparer.Ordinal).ToDictionary(name => name, name =>
            taps.Output(name)?.MoveToOuterDisposeScope() ?? throw NotComputed(backbone, name), StringComparer.Ordinal);
    }

    private static void Run(Backbone backbone, Tensor pixels, LayerTaps taps, bool needsTop)
    {
        var x = pixels;
        foreach (var (i, block) in backbone.Blocks.Index())
        {
            backbone.RequireLoaded(i);
            var y = block.Forward(x);
            if (!ReferenceEquals(x, pixels)) x.Dispose();
            x = y;
            taps.Record(block.Name, x);
            taps.EndOfBlock();
        }
        if (!backbone.Options.IncludeTop && !needsTop) return;
        var scores = backbone.Top(x);
        if (needsTop) taps.Record(Logits, scores);
        taps.EndOfBlock();
    }

    private static CaptionTLException NotComputed(Backbone backbone, string name) => new(
        $"{backbone.Architecture} has a layer '{name}', but it has no output of its own: it is used in training only. "
            + "Take the layer or block around it.");
}
