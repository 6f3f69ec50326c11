using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One step of an LSTM (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output. Input (N, inputSize), states (N, hiddenSize), zeros where none is given.</summary>
public sealed class LSTMCell : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor)>
{
    [ComponentName(Name = nameof(weight_ih))] private Parameter? _weight_ih;
    [ComponentName(Name = nameof(weight_hh))] private Parameter? _weight_hh;
    [ComponentName(Name = nameof(bias_ih))] private Parameter? _bias_ih;
    [ComponentName(Name = nameof(bias_hh))] private Parameter? _bias_hh;

    internal LSTMCell(long inputSize, long hiddenSize, bool bias, Device? device, ScalarType? dtype) : base(nameof(LSTMCell))
    {
        weight_ih = new Parameter(empty([4 * hiddenSize, inputSize], dtype: dtype, device: device));
        weight_hh = new Parameter(empty([4 * hiddenSize, hiddenSize], dtype: dtype, device: device));
        if (bias)
        {
            bias_ih = new Parameter(empty([4 * hiddenSize], dtype: dtype, device: device));
            bias_hh = new Parameter(empty([4 * hiddenSize], dtype: dtype, device: device));
        }
        DefaultInitialization.Recurrent(parameters(), hiddenSize);
    }

    public Parameter? weight_ih
    {
        get => _weight_ih;
        set => SetParameter(ref _weight_ih, nameof(weight_ih), value);
    }

    public Parameter? weight_hh
    {
        get => _weight_hh;
        set => SetParameter(ref _weight_hh, nameof(weight_hh), value);
    }

    public Parameter? bias_ih
    {
        get => _bias_ih;
        set => SetParameter(ref _bias_ih, nameof(bias_ih), value);
    }

    public Parameter? bias_hh
    {
        get => _bias_hh;
        set => SetParameter(ref _bias_hh, nameof(bias_hh), value);
    }

    /// <returns>The new hidden and cell states.</returns>
    public override (Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0)
    {
        using var start = h0_c0 is null ? Zeros(input) : null;
        Tensor[] state = h0_c0 is { } s ? [s.Item1, s.Item2] : [start!, start!];
        return Aten.lstm_cell.Call2(input, state, weight_ih, weight_hh, bias_ih, bias_hh);
    }

    public new (Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);

    private Tensor Zeros(Tensor input) => zeros([input.shape[0], weight_hh!.shape[1]], dtype: input.dtype, device: input.device);
}
