using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Gated recurrent unit (Cho et al. 2014), gates in the order reset, update, new.
/// Input (L, N, inputSize), or (N, L, inputSize) with batchFirst; states (layers · directions, N, hiddenSize), zeros where none is given.
/// </summary>
public sealed class GRU : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
{
    private readonly RecurrentWeights _weights;

    internal GRU(long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional, Device? device, ScalarType? dtype) : base(nameof(GRU))
    {
        _weights = new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);
        foreach (var (name, value) in _weights.New(gates: 3, device, dtype)) register_parameter(name, value);
    }

    /// <returns>The outputs of the last layer at every step, and the last hidden state.</returns>
    public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null) => _weights.Run(Aten.gru, input, h0, [.. parameters()], training);

    public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0!);
}
