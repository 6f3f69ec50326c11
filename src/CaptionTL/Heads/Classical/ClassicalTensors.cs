using System.Runtime.InteropServices;
using CaptionTL.Weights;

namespace CaptionTL.Heads.Classical;

/// <summary>Tensors of a model's file: each must have the expected type and shape, and hold finite numbers.</summary>
internal sealed class ClassicalTensors(SafetensorsFile file)
{
    public static SafetensorsTensor Of(string name, ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        SafetensorsTensor.FromBytes(name, TensorDType.F64, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());

    public static SafetensorsTensor Of(string name, FeatureMatrix values) =>
        SafetensorsTensor.FromFloats(name, [values.Rows, values.Columns], values.Values.ToArray());

    public static SafetensorsTensor Of(string name, int[] values) =>
        SafetensorsTensor.FromBytes(name, TensorDType.I32, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public double[] Doubles(string name, params ReadOnlySpan<long> shape)
    {
        Check(name, TensorDType.F64, shape);
        var values = new double[file.Tensors[name].Count];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        if (!values.All(double.IsFinite)) throw Bad(name, "holds a number that is not finite");
        return values;
    }

    /// <summary>A matrix with any number of rows.</summary>
    public FeatureMatrix Matrix(string name, int columns)
    {
        var rows = Rows(name);
        Check(name, TensorDType.F32, [rows, columns]);
        var values = new float[(long)rows * columns];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        return values.All(float.IsFinite) ? new FeatureMatrix(values, rows, columns) : throw Bad(name, "holds a number that is not finite");
    }

    /// <summary>Whole numbers within bounds.</summary>
    public int[] Integers(string name, int count, int least, int most)
    {
        Check(name, TensorDType.I32, [count]);
        var values = new int[count];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        return values.All(v => v >= least && v <= most) ? values : throw Bad(name, $"holds a number outside {least} to {most}");
    }

    public WeightFileException Bad(string name, string reason) => new(file.Path, $"tensor '{name}'", reason + "; make or copy the model again");

    private int Rows(string name) =>
        file.Tensors.TryGetValue(name, out var entry) && entry.Shape is [>= 0 and <= int.MaxValue, _] ? (int)entry.Shape[0] : throw Bad(name, "is missing or no matrix");

    private void Check(string name, TensorDType type, ReadOnlySpan<long> shape)
    {
        if (!file.Tensors.TryGetValue(name, out var entry)) throw Bad(name, "is missing");
        if (entry.DType != type || !entry.Shape.AsSpan().SequenceEqual(shape))
            throw Bad(name, $"is {entry.DType} of [{string.Join(", ", entry.Shape)}], expected {type} of [{string.Join(", ", shape.ToArray())}]");
    }
}
