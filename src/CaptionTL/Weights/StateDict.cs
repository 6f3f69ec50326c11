using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Weights;

/// <summary>Between a module's parameters and buffers and the tensors of a weight file.</summary>
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

    /// <summary>A tensor of a file, in the type it is stored in, on the processor.</summary>
    /// <exception cref="WeightFileException">Not in the file, damaged, of a type the engine lacks or of more than 2 GiB.</exception>
    public static Tensor Read(ITensorFile file, string name)
    {
        var entry = file.Tensors.GetValueOrDefault(name)
            ?? throw new WeightFileException(file.Path, $"tensor '{TensorShapes.Shown(name)}'", "is not in the file");
        var value = empty(entry.Shape, dtype: Storable(file, entry), device: CPU);
        try
        {
            file.Read(name, value.bytes);
            return value;
        }
        catch
        {
            value.Dispose();
            throw;
        }
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
    /// <returns>Names of the file (with the prefix) that the module has no tensor for.</returns>
    /// <exception cref="WeightFileException">Something is missing or of the wrong shape; all of it is listed, nothing was
    /// copied.</exception>
    public static IReadOnlyList<string> Load(nn.Module module, ITensorFile file, string path, string prefix = "",
        Func<string, bool>? needed = null) =>
        Load([.. module.state_dict().Select(p => (p.Key, p.Value))], file, path, prefix, needed);

    /// <summary>The same for tensors by name.</summary>
    /// <inheritdoc cref="Load(nn.Module, ITensorFile, string, string, Func{string, bool}?)"/>
    public static IReadOnlyList<string> Load(
        IReadOnlyList<(string Name, Tensor Value)> state, ITensorFile file, string path, string prefix = "",
            Func<string, bool>? needed = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var unexpected = Check(file, path, prefix,
            [.. state.Select(p => (p.Name, p.Value.shape, IsOptional: !p.Value.is_floating_point()))], needed);
        foreach (var (name, value) in state.Where(p => needed is null || needed(p.Name)))
            if (file.Tensors.TryGetValue(prefix + name, out var entry)) Copy(file, entry, value);
        return unexpected;
    }

    /// <summary>The tensors of a network that has no modules, in the types they are stored in. Counters (scalars) may be absent.</summary>
    /// <param name="file">Holds them.</param>
    /// <param name="path">For messages.</param>
    /// <param name="state">Names and shapes.</param>
    /// <param name="needed">Which of them to read.</param>
    /// <exception cref="WeightFileException">Something is missing or of the wrong shape; all of it is listed.</exception>
    internal static Dictionary<string, Tensor> Read(
        ITensorFile file, string path, IReadOnlyList<(string Name, long[] Shape)> state, Func<string, bool> needed)
    {
        Check(file, path, "", [.. state.Select(s => (s.Name, s.Shape, IsOptional: s.Shape.Length == 0))], needed);
        using var scope = NewDisposeScope();
        var tensors = state.Where(s => needed(s.Name) && file.Tensors.ContainsKey(s.Name))
            .ToDictionary(s => s.Name, s => Read(file, s.Name), StringComparer.Ordinal);
        foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
        return tensors;
    }

    // Gives the names of the file that nothing of the state is called.
    private static List<string> Check(ITensorFile file, string path, string prefix,
        IReadOnlyList<(string Name, long[] Shape, bool IsOptional)> state, Func<string, bool>? needed)
    {
        var names = state.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = state.Where(p => needed is null || needed(p.Name)).ToList();
        var unexpected = file.Tensors.Keys.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)
            && !names.Contains(n[prefix.Length..])).Order(StringComparer.Ordinal).ToList();
        var problems = new List<string>();
        foreach (var (name, shape, isOptional) in wanted)
        {
            if (!file.Tensors.TryGetValue(prefix + name, out var entry))
            {
                if (!isOptional) problems.Add($"{prefix + name} is missing");
            }
            else if (!entry.Shape.SequenceEqual(shape))
            {
                problems.Add($"{prefix + name} has shape {TensorShapes.Text(entry.Shape)} instead of {TensorShapes.Text(shape)}");
            }
            else
            {
                Storable(file, entry);
            }
        }
        if (problems.Count > 0)
        {
            throw new WeightFileException(path, $"{problems.Count} of {wanted.Count} tensors", Some(problems, "; ")
                + (unexpected.Count > 0 ? $". Not expected: {Some(unexpected.ConvertAll(TensorShapes.Shown), ", ")}" : "")
                + ". The file does not fit this network");
        }
        return unexpected;
    }

    /// <summary>Straight into the module's memory where the types are the same.</summary>
    private static void Copy(ITensorFile file, TensorEntry entry, Tensor value)
    {
        if (value.device.type == DeviceType.CPU && value.is_contiguous() && value.dtype == TypeOf(entry.DType))
        {
            file.Read(entry.Name, value.bytes);
            return;
        }
        using var stored = Read(file, entry.Name);
        value.copy_(stored);
    }

    private static string Some(List<string> all, string separator) => string.Join(separator, all.Take(20))
        + (all.Count > 20 ? FormattableString.Invariant($"{separator}and {all.Count - 20} more") : "");

    private static ScalarType Storable(ITensorFile file, TensorEntry entry)
    {
        var place = $"tensor '{TensorShapes.Shown(entry.Name)}'";
        if (entry.Length > int.MaxValue)
            throw new WeightFileException(file.Path, place, $"{entry.Length} bytes do not fit one tensor here");
        return entry.DType is TensorDType.U16 or TensorDType.U32 or TensorDType.U64
            ? throw new WeightFileException(file.Path, place, $"the engine has no tensors of type {entry.DType.Name()}")
            : TypeOf(entry.DType);
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
