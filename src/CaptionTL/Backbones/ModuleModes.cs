using static TorchSharp.torch;

namespace CaptionTL.Backbones;

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
