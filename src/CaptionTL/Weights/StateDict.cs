using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Weights;

/// <summary>Between a module's parameters and buffers and the tensors of a safetensors file.</summary>
public static class StateDict
{
    /// <summary>A tensor as it is written to a file, in its own type or converted to <paramref name="dtype"/>.</summary>
    public static SafetensorsTensor Entry(string name, Tensor value, ScalarType? dtype = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = value.detach().to(dtype is not null && value.is_floating_point() ? dtype.Value : value.dtype).cpu().contiguous();
        return SafetensorsTensor.FromBytes(name, TypeOf(stored.dtype), stored.shape, stored.bytes.ToArray());
    }

    /// <summary>A tensor of a file, in the type it is stored in.</summary>
    public static Tensor Read(SafetensorsFile file, string name)
    {
        var entry = file.Tensors[name];
        var value = empty(entry.Shape, dtype: TypeOf(entry.DType));
        file.Bytes(name).CopyTo(value.bytes);
        return value;
    }

    /// <summary>
    /// Copies a file's tensors into the module. Every tensor of the module that <paramref name="needed"/> accepts must be there with the
    /// right shape; a load that would leave random weights is refused. Integer counters (num_batches_tracked) may be absent.
    /// </summary>
    /// <param name="module">Takes the values, converted to its own types.</param>
    /// <param name="file">Holds them under the module's names after <paramref name="prefix"/>.</param>
    /// <param name="path">For messages.</param>
    /// <param name="prefix">Put before the module's names.</param>
    /// <param name="needed">Which of the module's tensors must come from the file; all when null.</param>
    /// <exception cref="WeightFileException">Something is missing or of the wrong shape; all of it is listed, nothing was copied.</exception>
    public static void Load(nn.Module module, SafetensorsFile file, string path, string prefix = "", Func<string, bool>? needed = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wanted = module.state_dict().Where(p => needed is null || needed(p.Key)).ToList();
        var problems = new List<string>();
        foreach (var (name, value) in wanted)
        {
            if (!file.Tensors.TryGetValue(prefix + name, out var entry))
            {
                if (value.is_floating_point()) problems.Add($"{prefix + name} is missing");
            }
            else if (!entry.Shape.SequenceEqual(value.shape))
            {
                problems.Add($"{prefix + name} has shape [{string.Join(", ", entry.Shape)}] instead of [{string.Join(", ", value.shape)}]");
            }
        }
        if (problems.Count > 0)
            throw new WeightFileException(path, $"{problems.Count} of {wanted.Count} tensors", string.Join("; ", problems.Take(5)) + (problems.Count > 5 ? "; …" : "") + ". The file does not fit this network");
        foreach (var (name, value) in wanted)
        {
            if (!file.Tensors.ContainsKey(prefix + name)) continue;
            using var stored = Read(file, prefix + name);
            value.copy_(stored);
        }
    }

    private static TensorDType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 => TensorDType.F64,
        ScalarType.Float32 => TensorDType.F32,
        ScalarType.Float16 => TensorDType.F16,
        ScalarType.BFloat16 => TensorDType.BF16,
        ScalarType.Int64 => TensorDType.I64,
        ScalarType.Int32 => TensorDType.I32,
        ScalarType.Int16 => TensorDType.I16,
        ScalarType.Int8 => TensorDType.I8,
        ScalarType.Byte => TensorDType.U8,
        ScalarType.Bool => TensorDType.Bool,
        _ => throw new ArgumentException($"tensors of type {type} cannot be stored"),
    };

    private static ScalarType TypeOf(TensorDType type) => type switch
    {
        TensorDType.F64 => ScalarType.Float64,
        TensorDType.F32 => ScalarType.Float32,
        TensorDType.F16 => ScalarType.Float16,
        TensorDType.BF16 => ScalarType.BFloat16,
        TensorDType.I64 => ScalarType.Int64,
        TensorDType.I32 => ScalarType.Int32,
        TensorDType.I16 => ScalarType.Int16,
        TensorDType.I8 => ScalarType.Int8,
        TensorDType.U8 => ScalarType.Byte,
        TensorDType.Bool => ScalarType.Bool,
        _ => throw new ArgumentException($"a tensor of type {type.Name()} has no counterpart in the engine"),
    };
}
