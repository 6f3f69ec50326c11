using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Shape and parameters that LSTM, GRU and RNN share. The parameters are named as in PyTorch (weight_ih_l0, weight_hh_l0,
/// bias_ih_l0, bias_hh_l0, …_l0_reverse, …_l1 …) and belong to the module, where a move may replace them.
/// </summary>
internal sealed class RecurrentWeights(long inputSize, long hiddenSize, long layers, bool bias, bool batchFirst, double dropout, bool bidirectional)
{
    /// <param name="gates">How many times the hidden size a weight's rows are: 4 in an LSTM, 3 in a GRU, 1 in a plain RNN.</param>
    public List<(string Name, Parameter Value)> New(int gates, Device? device, ScalarType? dtype)
    {
        if (dropout is < 0 or > 1) throw new ArgumentException($"dropout should be a number in range [0, 1]: {dropout}");
        if (hiddenSize <= 0 || layers <= 0) throw new ArgumentException($"hiddenSize and numLayers must be above zero: {hiddenSize}, {layers}");
        var made = new List<(string, Parameter)>();
        for (var layer = 0; layer < layers; layer++)
            for (var direction = 0; direction < Directions; direction++)
            {
                var suffix = $"_l{layer}{(direction == 1 ? "_reverse" : "")}";
                var width = layer == 0 ? inputSize : hiddenSize * Directions;
                Add("weight_ih" + suffix, gates * hiddenSize, width);
                Add("weight_hh" + suffix, gates * hiddenSize, hiddenSize);
                if (!bias) continue;
                Add("bias_ih" + suffix, gates * hiddenSize);
                Add("bias_hh" + suffix, gates * hiddenSize);
            }
        DefaultInitialization.Recurrent(made.Select(m => m.Item2), hiddenSize);
        return made;

        void Add(string name, params long[] shape)
        {
            var parameter = new Parameter(empty(shape, dtype: dtype, device: device));
            parameter.DetachFromDisposeScope();
            made.Add((name, parameter));
        }
    }

    private long Directions => bidirectional ? 2 : 1;

    /// <summary>A state of zeros (layers · directions, N, hidden_size) for an input (L, N, …) or, batch first, (N, L, …).</summary>
    public Tensor Zeros(Tensor input)
    {
        var shape = input.shape;
        if (shape.Length != 3) throw new ArgumentException($"A recurrent layer's input has three dimensions, not {shape.Length}.", nameof(input));
        return zeros([layers * Directions, shape[batchFirst ? 0 : 1], hiddenSize], dtype: input.dtype, device: input.device);
    }

    public (Tensor Output, Tensor Hidden) Run(Op operation, Tensor input, Tensor? hidden, Tensor[] weights, bool training)
    {
        using var start = hidden is null ? Zeros(input) : null;
        return operation.Call2(input, hidden ?? start, weights, bias, layers, dropout, training, bidirectional, batchFirst);
    }

    public (Tensor Output, Tensor Hidden, Tensor Cell) RunWithCell(Op operation, Tensor input, (Tensor, Tensor)? state, Tensor[] weights, bool training)
    {
        using var start = state is null ? Zeros(input) : null;
        Tensor[] given = state is { } s ? [s.Item1, s.Item2] : [start!, start!];
        return operation.Call3(input, given, weights, bias, layers, dropout, training, bidirectional, batchFirst);
    }
}
