using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Modules that hold layers which can be merged for inference.</summary>
internal interface IHasFoldables
{
    IEnumerable<Foldable> Foldables { get; }
}

/// <summary>
/// Layers that run one after the other as published or, once folded, as one with a weight and a bias of its own in the
/// encoder's type. The layers stay submodules of their owner under their published names, and keep their tensors.
/// </summary>
internal abstract class Foldable
{
    private Lazy<(Tensor Weight, Tensor? Bias)>? _folded;

    /// <summary>Whether the merged layer runs.</summary>
    public bool IsFolded => _folded is not null;

    /// <summary>The merged tensors, or null where the published layers are to run. They are made when they are first asked for,
    /// so what an encoder does not reach costs nothing.</summary>
    protected (Tensor Weight, Tensor? Bias)? Folded => _folded?.Value;

    /// <summary>From here on the merged layer runs, in <paramref name="dtype"/>; only for inference.</summary>
    public void Fold(ScalarType dtype)
    {
        Unfold();
        _folded = new(() =>
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var (weight, bias) = Merge();
            // (O, I, kh, kw) in the memory order O, kh, kw, I: channels-last, as the pixels
            var laidOut = weight.dim() == 4 ? weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : weight;
            return (laidOut.to(dtype).DetachFromDisposeScope(), bias?.to(dtype).DetachFromDisposeScope());
        });
    }

    /// <summary>From here on the published layers run.</summary>
    public void Unfold()
    {
        if (_folded is { IsValueCreated: true, Value: var (weight, bias) })
        {
            weight.Dispose();
            bias?.Dispose();
        }
        _folded = null;
    }

    /// <summary>Weight and bias of the one layer that does what the published ones do in inference mode; fp32, in the current dispose scope.</summary>
    protected abstract (Tensor Weight, Tensor? Bias) Merge();
}
