using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Plain recurrent network, h' = tanh or relu of (W·x + b + U·h + c) (Elman 1990).
/// Input (L, N, inputSize), or (N, L, inputSize) with batchFirst; states (layers · directions, N, hiddenSize), zeros where none is given.
/// </summary>
public sealed class RNN : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
{
    private readonly RecurrentWeights _weights;
    private readonly nn.NonLinearities _nonLinearity;

    internal RNN(long inputSize, long hiddenSize, long numLayers, nn.NonLinearities nonLinearity, bool bias, bool batchFirst, double dropout, bool bidirectional, Device? device, ScalarType? dtype) : base(nameof(RNN))
    {
        _weights = new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);
        _nonLinearity = nonLinearity;
        foreach (var (name, value) in _weights.New(gates: 1, device, dtype)) register_parameter(name, value);
    }

    /// <returns>The outputs of the last layer at every step, and the last hidden state.</returns>
    public override (Tensor, Tensor) forward(Tensor input, Tensor? h0) =>
        _weights.Run(_nonLinearity == nn.NonLinearities.ReLU ? Aten.rnn_relu : Aten.rnn_tanh, input, h0, [.. parameters()], training);

    public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0!);
}
