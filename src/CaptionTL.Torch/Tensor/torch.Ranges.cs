using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Counted ranges, and tensors like others.
    private static readonly Op
        op_arange_start_step = new("arange", "start_step"), op_bartlett_window_periodic = new("bartlett_window", "periodic"),
        op_blackman_window_periodic = new("blackman_window", "periodic"), op_complex = new("complex"), op_eye_m = new("eye", "m"),
        op_hann_window_periodic = new("hann_window", "periodic"), op_linspace = new("linspace"), op_logspace = new("logspace"), op_polar = new("polar"),
        op_tril_indices = new("tril_indices"), op_triu_indices = new("triu_indices");

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_arange_start_step.Call(start, stop, step, dtype ?? Stepped(start, stop, step), Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => arange(start, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => arange(0, stop, 1, dtype, device, requires_grad);
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_linspace.Call(start, end, steps, dtype ?? default_dtype, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_logspace.Call(start, end, steps, @base, dtype ?? default_dtype, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Named(op_eye_m.Call(rows, columns == -1 ? rows : columns, dtype ?? default_dtype, Value.Default, InitializeDevice(device)), requires_grad, names);
    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) => op_tril_indices.Call(row, col, offset, dtype, Value.Default, InitializeDevice(device));
    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) => op_triu_indices.Call(row, col, offset, dtype, Value.Default, InitializeDevice(device));
    public static Tensor bartlett_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_bartlett_window_periodic.Call(len, periodic, dtype ?? default_dtype, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor blackman_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_blackman_window_periodic.Call(len, periodic, dtype ?? default_dtype, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor hann_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => op_hann_window_periodic.Call(len, periodic, dtype ?? default_dtype, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static Tensor complex(Tensor real, Tensor imag) => op_complex.Call(real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => op_polar.Call(abs, angle);

    private static ScalarType Stepped(Scalar start, Scalar stop, Scalar step) =>
        is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type) ? ScalarType.Int64 : default_dtype;
}
