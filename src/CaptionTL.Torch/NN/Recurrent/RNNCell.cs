using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One step of a plain recurrent network (Elman 1990). Input (N, inputSize), states (N, hiddenSize), zeros where none is given.</summary>
public sealed class RNNCell : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly nn.NonLinearities _nonLinearity;
    [ComponentName(Name = nameof(weight_ih))] private Parameter? _weight_ih;
    [ComponentName(Name = nameof(weight_hh))] private Parameter? _weight_hh;
    [ComponentName(Name = nameof(bias_ih))] private Parameter? _bias_ih;
    [ComponentName(Name = nameof(bias_hh))] private Parameter? _bias_hh;

    internal RNNCell(long inputSize, long hiddenSize, nn.NonLinearities nonLinearity, bool bias, Device? device, ScalarType? dtype) : base(nameof(RNNCell))
    {
        _nonLinearity = nonLinearity;
        weight_ih = new Parameter(empty([hiddenSize, inputSize], dtype: dtype, device: device));
        weight_hh = new Parameter(empty([hiddenSize, hiddenSize], dtype: dtype, device: device));
        if (bias)
        {
            bias_ih = new Parameter(empty([hiddenSize], dtype: dtype, device: device));
            bias_hh = new Parameter(empty([hiddenSize], dtype: dtype, device: device));
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

    /// <returns>The new hidden state.</returns>
    public override Tensor forward(Tensor input, Tensor? h0 = null)
    {
        using var start = h0 is null ? Zeros(input) : null;
        var step = _nonLinearity == nn.NonLinearities.ReLU ? Aten.rnn_relu_cell : Aten.rnn_tanh_cell;
        return step.Call(input, h0 ?? start, weight_ih, weight_hh, bias_ih, bias_hh);
    }

    private Tensor Zeros(Tensor input) => zeros([input.shape[0], weight_hh!.shape[1]], dtype: input.dtype, device: input.device);
}
