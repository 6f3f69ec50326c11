using CaptionTL.Backbones.Nodes;
using TorchSharp;
using TorchSharp.Modules;
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
    /// <returns>Copies, by the names as they were asked for, in the order asked for: (N, C', h, w) for most, (N, features) for the
    /// top's.</returns>
    /// <exception cref="CaptionTLException">
    /// There is no such layer (near matches are listed), it takes or gives anything but one tensor, or it is not computed; or the
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

/// <summary>
/// A backbone up to one of its layers, as a module that layers can be put on: normalised pixels (N, C, H, W) to that layer's output,
/// (N, C', h, w) for blocks and most layers, (N, features) for the top's, (N, classes) for "logits". Names are those of
/// <see cref="LayerFeatures"/>. What is not frozen in the backbone trains with what stands on top; several may share a backbone, and
/// disposing them leaves it as it is.
/// </summary>
public sealed class LayerOutput : nn.Module<Tensor, Tensor>
{
    private readonly Backbone backbone;
    private readonly string _layer;

    /// <param name="backbone">Stays the caller's to dispose, after this.</param>
    /// <param name="layer">A block, a layer's path in the state dict, or "logits".</param>
    /// <exception cref="CaptionTLException">There is no such layer (near matches are listed), or no top to give logits.</exception>
    public LayerOutput(Backbone backbone, string layer) : base(nameof(LayerOutput))
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (layer != LayerFeatures.Logits && LayerNames.Block(backbone, layer) is null) LayerNames.Layer(backbone, layer);
        if (layer == LayerFeatures.Logits && !backbone.Options.IncludeTop)
            throw new CaptionTLException($"This {backbone.Architecture} was loaded without its top, so it has no logits. Load it with "
                + $"its top, or take the output of its last block, '{backbone.LastCut}'.");
        (this.backbone, _layer) = (backbone, layer);
        RegisterComponents();
    }

    public Backbone Backbone => backbone;

    /// <summary>As it was asked for.</summary>
    public string Layer => _layer;

    public override Tensor forward(Tensor input)
    {
        if (_layer == LayerFeatures.Logits) return backbone.call(input);
        return LayerNames.Block(backbone, _layer) is not null ? backbone.ForwardTo(input, _layer)
            : LayerFeatures.Extract(backbone, input, _layer)[_layer];
    }

    protected override void Dispose(bool disposing)
    {
        // The backbone belongs to whoever built it: taken away, it is not freed with what is within this module.
        if (disposing) register_module(nameof(backbone), null!);
        base.Dispose(disposing);
    }
}

/// <summary>
/// Forward hooks that copy the outputs of some layers and end the pass when all of them are there. Disposing takes the hooks away.
/// </summary>
internal sealed class LayerTaps : IDisposable
{
    private readonly Dictionary<string, Tensor> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _partial = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<Action> _hooks = [];

    /// <summary>Ends the forward pass: nothing after this point is needed.</summary>
    internal sealed class Complete : Exception;

    /// <summary>A name whose output will be given to <see cref="Record"/>.</summary>
    public void Expect(string name) => _missing.Add(name);

    /// <summary>A name whose output is the module's.</summary>
    /// <exception cref="CaptionTLException">The module does not turn one tensor into one tensor.</exception>
    public void Attach(string name, nn.Module module, string architecture)
    {
        if (module is not nn.Module<Tensor, Tensor> layer)
        {
            var parts = module.named_children().Select(c => $"{name}.{c.name}").ToList();
            throw new CaptionTLException(
                $"{architecture}'s '{name}' does not turn one tensor into one tensor, so it has no output to take. "
                + (parts.Count == 0
                    ? "Name the layer or block around it."
                    : $"Name one of its parts: {string.Join(", ", parts.Take(5))}{(parts.Count > 5 ? ", …" : "")}."));
        }
        Expect(name);
        _hooks.Add(layer.register_forward_hook((_, _, output) =>
        {
            Record(name, output);
            EndIfComplete();
            return output;
        }).remove);
        // The parts of a sequence may be run without it. The outermost of its last parts runs last: its output is the sequence's.
        foreach (var last in LayerNames.LastParts(layer))
        {
            _hooks.Add(last.register_forward_hook((_, _, output) =>
            {
                if (_missing.Contains(name)) _partial[name] = output.clone();
                return output;
            }).remove);
        }
    }

    /// <summary>Copies an output; activations that follow may work in place.</summary>
    public void Record(string name, Tensor output)
    {
        if (_missing.Remove(name)) _outputs.Add(name, output.clone());
    }

    /// <summary>A sequence that was not run as such by the end of the block of its last part will not be.</summary>
    public void EndOfBlock()
    {
        foreach (var (name, output) in _partial)
            if (_missing.Remove(name)) _outputs.Add(name, output);
        _partial.Clear();
        EndIfComplete();
    }

    public Tensor? Output(string name) => _outputs.GetValueOrDefault(name);

    public void Dispose() => _hooks.ForEach(remove => remove());

    private void EndIfComplete()
    {
        if (_missing.Count == 0) throw new Complete();
    }
}

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
            ? $"{backbone.Architecture} has no block or layer named '{name}'. Did you mean {string.Join(", ", near)}? "
            + $"'captiontl models summary {backbone.Architecture} --tree' lists all."
            : $"{backbone.Architecture} has no block or layer named '{name}'. Its blocks are "
            + $"{string.Join(", ", backbone.Blocks.Select(b => b.Name))}; "
            + $"'captiontl models summary {backbone.Architecture} --tree' lists all layers.");
    }
}
