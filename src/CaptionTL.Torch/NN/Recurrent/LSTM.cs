using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output.
/// Input (L, N, inputSize), or (N, L, inputSize) with batchFirst; states (layers · directions, N, hiddenSize), zeros where none is given.
/// </summary>
public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
{
    private readonly RecurrentWeights _weights;

    internal LSTM(long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional, Device? device, ScalarType? dtype) : base(nameof(LSTM))
    {
        _weights = new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);
        foreach (var (name, value) in _weights.New(gates: 4, device, dtype)) register_parameter(name, value);
    }

    /// <returns>The outputs of the last layer at every step, and the last hidden and cell states.</returns>
    public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null) =>
        _weights.RunWithCell(Aten.lstm, input, h0_c0, [.. parameters()], training);

    public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);
}
