using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Filling and drawing from distributions; without a generator, from the device's default one. The same as the methods of Tensor.
    private static readonly Op
        op_binomial = new("binomial"), op_normal_Tensor_Tensor = new("normal", "Tensor_Tensor"), op_randint_low_generator = new("randint", "low_generator"),
        op_randperm_generator = new("randperm", "generator");

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) => input.multinomial(num_samples, replacement, generator);
    public static Tensor poisson(Tensor input, Generator? generator = null) => input.poisson(generator);
    public static Tensor binomial(Tensor count, Tensor probs, Generator? generator = null) => op_binomial.Call(count, probs, generator);
    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null) => op_normal_Tensor_Tensor.Call(mean, std, generator);
    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => empty(size, dtype, device, false, names).normal_(mean, std, generator).with_requires_grad(requires_grad);
    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint(0L, high, Array.ConvertAll(size, d => (long)d), dtype, device, requires_grad, generator, names);
    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint((long)low, high, Array.ConvertAll(size, d => (long)d), dtype, device, requires_grad, generator, names);
    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint(0L, high, size.Shape, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint(0L, high, size, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint((long)low, high, size.Shape, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Named(op_randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Value.Default, InitializeDevice(device)), requires_grad, names);
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) => op_randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Value.Default, InitializeDevice(device)).with_requires_grad(requires_grad);
    public static bool randint_bool(Generator? generator = null) => randint_long(0, 2, generator) == 1;
    public static double rand_float(Generator? generator = null) => Single(rand([1], ScalarType.Float64, generator: generator)).ToDouble();
    public static double randn_float(Generator? generator = null) => Single(randn([1], ScalarType.Float64, generator: generator)).ToDouble();
    public static int randint_int(int high, Generator? generator = null) => (int)randint_long(0, high, generator);
    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);
    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);
    public static long randint_long(long low, long high, Generator? generator = null) => Single(randint(low, high, [1], generator: generator)).ToInt64();

    private static Scalar Single(Tensor drawn)
    {
        using (drawn) return drawn.ToScalar();
    }
}
