using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// Which blocks and layers of a backbone train. A frozen parameter gets no gradient. A frozen layer stays in inference mode however the
/// network's mode is set afterwards: batch normalisation neither uses a batch's statistics nor changes its running ones, dropout drops
/// nothing. Names are blocks' (layer3) or layers' paths in the state dict (layer3.2.bn2, layer3.2).
/// </summary>
public sealed class Freezing
{
    private readonly Backbone _backbone;
    private readonly Dictionary<string, nn.Module> _modules;
    private readonly HashSet<string> _frozen = new(StringComparer.Ordinal); // paths of modules and of parameters
    private readonly List<Action> _hooks = [];

    internal Freezing(Backbone backbone)
    {
        _backbone = backbone;
        _modules = backbone.named_modules().ToDictionary(m => m.name, m => m.module, StringComparer.Ordinal);
    }

    /// <summary>
    /// The last of the leading blocks that are frozen entirely: what lies before it can be computed once and cached. Null where the first
    /// block trains.
    /// </summary>
    public string? FrozenCut => _backbone.Blocks.TakeWhile(b => ParametersOf(b.Prefixes).All(_frozen.Contains)).LastOrDefault()?.Name;

    /// <summary>Whether every parameter of a block or layer is frozen.</summary>
    /// <exception cref="CaptionTLException">There is no such block or layer.</exception>
    public bool IsFrozen(string name) => ParametersOf(LayerNames.Prefixes(_backbone, name)).All(_frozen.Contains);

    /// <summary>Freezes blocks or layers, with all that is in them; the rest stays as it is.</summary>
    /// <exception cref="CaptionTLException">There is no such block or layer; the message lists near matches, and nothing was
    /// changed.</exception>
    public void Freeze(params IReadOnlyList<string> names) =>
        Change(names.SelectMany(n => LayerNames.Prefixes(_backbone, n)).ToList(), freeze: true);

    /// <summary>Lets blocks or layers train, batch normalisation included; the rest stays as it is.</summary>
    /// <exception cref="CaptionTLException">There is no such block or layer; the message lists near matches, and nothing was
    /// changed.</exception>
    public void Unfreeze(params IReadOnlyList<string> names) =>
        Change(names.SelectMany(n => LayerNames.Prefixes(_backbone, n)).ToList(), freeze: false);

    /// <summary>Freezes everything, the top too.</summary>
    public void FreezeAll() => Change([""], freeze: true);

    /// <summary>Lets everything train.</summary>
    public void UnfreezeAll() => Change([""], freeze: false);

    /// <summary>Freezes the blocks up to and including a cut; the rest stays as it is.</summary>
    /// <exception cref="CaptionTLException">There is no such block.</exception>
    public void FreezeUpTo(string cut) =>
        Change(_backbone.Blocks.Take(_backbone.IndexOf(cut) + 1).SelectMany(b => b.Prefixes).ToList(), freeze: true);

    /// <summary>
    /// Freezes batch normalisation everywhere, scale and shift included, also within blocks that train: the statistics of small batches
    /// are worse than those the network came with.
    /// </summary>
    public void FreezeBatchNorm() => Change(_modules.Where(m => m.Value is BatchNorm).Select(m => m.Key + ".").ToList(), freeze: true);

    /// <summary>Sets what trains, and freezes everything else.</summary>
    /// <param name="part"> all; none; top (only what follows the last block); last:2 (the last two blocks and the top); from:layer4 or
    /// layer4 (that block, those after it and the top).
    /// </param>
    /// <param name="batchNorm">Whether batch normalisation within that part trains as well.</param>
    /// <exception cref="CaptionTLException">The part is none of these.</exception>
    public void Train(string part, bool batchNorm = false)
    {
        var first = FirstTrainable(part);
        Change([""], freeze: part == "none");
        Change(_backbone.Blocks.Take(first).SelectMany(b => b.Prefixes).ToList(), freeze: true);
        if (!batchNorm) FreezeBatchNorm();
    }

    // Position of the first block that trains; the number of blocks where none does.
    internal int FirstTrainable(string part)
    {
        var blocks = _backbone.Blocks;
        switch (part)
        {
            case "all": return 0;
            case "none" or "top": return blocks.Count;
        }
        if (part.StartsWith("from:", StringComparison.Ordinal)) return _backbone.IndexOf(part["from:".Length..]);
        if (!part.StartsWith("last:", StringComparison.Ordinal)) return _backbone.IndexOf(part);
        if (!int.TryParse(part.AsSpan("last:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > blocks.Count)
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"'{part}' does not say how many blocks to train; "
                + $"{_backbone.Architecture} has {blocks.Count}, so write last:0 (only the top) to last:{blocks.Count}."));
        return blocks.Count - count;
    }

    private void Change(List<string> prefixes, bool freeze)
    {
        foreach (var name in _modules.Keys.Where(m => Begins(m + ".", prefixes)).Concat(ParametersOf(prefixes)).ToList())
        {
            if (freeze) _frozen.Add(name);
            else if (_frozen.Remove(name) && _modules.TryGetValue(name, out var module)) module.train(_backbone.training);
        }
        foreach (var (name, parameter) in _backbone.named_parameters())
        {
            parameter.requires_grad = !_frozen.Contains(name);
            if (!parameter.requires_grad) parameter.grad = null; // a gradient left from before would still move it
        }
        HoldInInferenceMode();
    }

    // Whatever the mode was set to since, a frozen layer goes to inference mode right before it runs.
    private void HoldInInferenceMode()
    {
        _hooks.ForEach(remove => remove());
        _hooks.Clear();
        foreach (var (name, module) in _modules)
        {
            var whole = _modules.Keys.All(m => !m.StartsWith(name + ".", StringComparison.Ordinal) || _frozen.Contains(m));
            if (!_frozen.Contains(name) || !whole) continue; // a layer that trains in part leaves the mode to its parts
            module.eval();
            if (module is nn.Module<Tensor, Tensor> layer)
                _hooks.Add(layer.register_forward_pre_hook((Action<nn.Module>)(m => m.eval())).remove);
        }
    }

    private IEnumerable<string> ParametersOf(IReadOnlyList<string> prefixes) =>
        _backbone.named_parameters().Select(p => p.name).Where(p => Begins(p, prefixes));

    private static bool Begins(string name, IReadOnlyList<string> prefixes) =>
        prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));
}

/// <summary>Puts a module and all within it into inference mode, and on disposal each part back into the mode it was in.</summary>
internal sealed class ModuleModes : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _modes;

    public ModuleModes(nn.Module module)
    {
        _modes = [.. module.modules().Prepend(module).Select(m => (m, m.training))];
        module.eval();
    }

    public void Dispose()
    {
        // Parents come before their children, whose own mode is set after theirs.
        foreach (var (module, training) in _modes) module.train(training);
    }
}
