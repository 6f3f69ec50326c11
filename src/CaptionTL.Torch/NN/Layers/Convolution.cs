using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What convolutions of one and two dimensions share. Weight (out, in / groups, kernel…), transposed (in, out / groups, kernel…).</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] protected Parameter? _weight;
    [ComponentName(Name = "bias")] protected Parameter? _bias;

    /// <summary>Padding in the order of <c>nn.functional.pad</c> (last dimension first, before and after), for the modes that pad in a step of their own.</summary>
    protected long[] _reversed_padding_repeated_twice = [];

    protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type,
        long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null) : base(name)
    {
        if (in_channels % groups != 0 || out_channels % groups != 0)
            throw new ArgumentException($"Both in_channels ({in_channels}) and out_channels ({out_channels}) must be divisible by groups ({groups}).", nameof(groups));
        if (transposed && padding_mode != PaddingModes.Zeros)
            throw new ArgumentException("Only PaddingModes.Zeros is supported for transposed convolutions.", nameof(padding_mode));
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        if (padding_type is { } rule) SetPadding(rule);
        else SetPadding(padding ?? new long[kernel_size.Length]);

        long[] shape = transposed ? [in_channels, out_channels / groups, .. kernel_size] : [out_channels, in_channels / groups, .. kernel_size];
        weight = new Parameter(empty(shape, dtype: dtype, device: device));
        if (bias) this.bias = new Parameter(empty([out_channels], dtype: dtype, device: device));
        reset_parameters();
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public bool transposed { get; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[] dilation { get; set; }

    public long[] output_padding { get; set; }

    public long groups { get; set; }

    public PaddingModes padding_mode { get; set; }

    /// <summary>The padding before and after each spatial dimension, or null where a rule is set.</summary>
    public long[]? padding { get; private set; }

    public Padding? padding_type { get; private set; }

    public Parameter weight
    {
        get => _weight!;
        set => SetParameter(ref _weight, nameof(weight), value);
    }

    public Parameter? bias
    {
        get => _bias;
        set => SetParameter(ref _bias, nameof(bias), value);
    }

    public void reset_parameters() => DefaultInitialization.WeightAndBias(weight, bias);

    public void SetPadding(long[] padding)
    {
        this.padding = padding;
        padding_type = null;
        _reversed_padding_repeated_twice = padding.Reverse().SelectMany(p => new[] { p, p }).ToArray();
    }

    /// <exception cref="ArgumentException">"Same" with a stride, or any rule for a transposed convolution.</exception>
    public void SetPadding(Padding padding)
    {
        if (transposed) throw new ArgumentException("Transposed convolutions take their padding in numbers.", nameof(padding));
        if (padding == Padding.Same && stride.Any(s => s != 1)) throw new ArgumentException("padding='same' is not supported for strided convolutions.", nameof(padding));
        this.padding = null;
        padding_type = padding;
        var total = kernel_size.Zip(dilation, (k, d) => padding == Padding.Same ? d * (k - 1) : 0).Reverse();
        _reversed_padding_repeated_twice = total.SelectMany(t => new[] { t / 2, t - t / 2 }).ToArray();
    }

    /// <summary>Whether the input is (N, C, …) or (C, …) with this layer's channels.</summary>
    protected bool ValidateShape(Tensor input, long dimensions)
    {
        var shape = input.shape;
        return shape.Length == dimensions + 2 && shape[1] == in_channels || shape.Length == dimensions + 1 && shape[0] == in_channels;
    }

    private protected Tensor Convolve(Op convolution, Op byRule, Tensor input)
    {
        if (!ValidateShape(input, kernel_size.Length))
            throw new ArgumentException($"{GetName()} expects (N, {in_channels}, …) or ({in_channels}, …) with {kernel_size.Length} spatial dimension(s), not [{string.Join(", ", input.shape)}].", nameof(input));
        if (padding_mode is not (PaddingModes.Zeros or PaddingModes.Constant))
        {
            using var padded = nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
            return convolution.Call(padded, weight, bias, stride, new long[kernel_size.Length], dilation, groups);
        }
        return padding_type is { } rule
            ? byRule.Call(input, weight, bias, stride, rule == Padding.Same ? "same" : "valid", dilation, groups)
            : convolution.Call(input, weight, bias, stride, padding, dilation, groups);
    }
}
