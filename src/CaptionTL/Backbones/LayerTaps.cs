using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Forward hooks that copy the outputs of some layers and end the pass when all of them are there. Disposing takes the hooks away.</summary>
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
            throw new CaptionTLException($"{architecture}'s '{name}' does not turn one tensor into one tensor, so it has no output to take. " + (module.children().Any()
                ? $"Name one of its parts: {string.Join(", ", module.named_children().Take(5).Select(c => $"{name}.{c.name}"))}{(module.children().Skip(5).Any() ? ", …" : "")}."
                : "Name the layer or block around it."));
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
