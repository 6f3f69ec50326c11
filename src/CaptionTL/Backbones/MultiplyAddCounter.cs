using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Forward hooks that note every layer's output shape and count what convolutions and linear layers multiply. Disposing takes them away.</summary>
internal sealed class MultiplyAddCounter : IDisposable
{
    private readonly Dictionary<nn.Module, long> _counts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<nn.Module, long[]> _shapes = new(ReferenceEqualityComparer.Instance);
    private readonly List<Action> _hooks = [];

    public MultiplyAddCounter(nn.Module network)
    {
        foreach (var layer in network.modules().OfType<nn.Module<Tensor, Tensor>>())
            _hooks.Add(layer.register_forward_hook((_, _, output) => { Note(layer, output); return output; }).remove);
    }

    /// <summary>Since it was made, for the pictures that went through.</summary>
    public long Total { get; private set; }

    /// <summary>Of a layer and all that is in it.</summary>
    public long Within(nn.Module module) => module.modules().Prepend(module).Sum(m => _counts.GetValueOrDefault(m));

    /// <summary>Of one picture, without the batch's dimension; null where the layer did not run by itself.</summary>
    public IReadOnlyList<long>? OutputShape(nn.Module module) =>
        LayerNames.LastParts(module).Prepend(module).Select(m => _shapes.GetValueOrDefault(m)).FirstOrDefault(shape => shape is not null);

    public void Dispose() => _hooks.ForEach(remove => remove());

    private void Note(nn.Module layer, Tensor output)
    {
        _shapes[layer] = output.shape[1..];
        // Each output number is a sum over one output row of the weights.
        if (Weight(layer) is not { } weight) return;
        var count = output.numel() * (weight.numel() / weight.shape[0]);
        _counts[layer] = _counts.GetValueOrDefault(layer) + count;
        Total += count;
    }

    private static Parameter? Weight(nn.Module layer) => layer switch
    {
        Convolution convolution => convolution.weight,
        Linear linear => linear.weight,
        _ => null,
    };
}
