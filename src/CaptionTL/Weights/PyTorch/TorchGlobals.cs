namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// The names a pickle of weights may mention, compared exactly and as a whole; everything else is refused. They stand
/// for what this reader does itself: no name leads to a type or a function of this process.
/// </summary>
internal static class TorchGlobals
{
    public const string OrderedDict = "collections.OrderedDict";
    public const string RebuildTensor = "torch._utils._rebuild_tensor";
    public const string RebuildTensorV2 = "torch._utils._rebuild_tensor_v2";
    public const string RebuildTensorV3 = "torch._utils._rebuild_tensor_v3";
    public const string RebuildParameter = "torch._utils._rebuild_parameter";
    public const string RebuildParameterWithState = "torch._utils._rebuild_parameter_with_state";
    public const string Parameter = "torch.nn.parameter.Parameter";
    public const string Size = "torch.Size";
    public const string Device = "torch.device";
    public const string UntypedStorage = "torch.storage.UntypedStorage";

    private static readonly Dictionary<string, PickleGlobal> Allowed = Build();

    /// <summary>The global of a module and a name, or null where it is not on the list.</summary>
    public static PickleGlobal? Find(string module, string name) =>
        !name.Contains('.', StringComparison.Ordinal) && Allowed.TryGetValue(module + "." + name, out var global) && global.Name.Length == module.Length + 1 + name.Length ? global : null;

    private static Dictionary<string, PickleGlobal> Build()
    {
        var allowed = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        foreach (var name in (string[])[OrderedDict, RebuildTensor, RebuildTensorV2, RebuildTensorV3, RebuildParameter, RebuildParameterWithState, Parameter, Size, Device, UntypedStorage])
            allowed.Add(name, new PickleGlobal(name));
        foreach (var (storage, type, dtype) in (ReadOnlySpan<(string, string, TensorDType)>)[
            ("Double", "float64", TensorDType.F64), ("Float", "float32", TensorDType.F32), ("Half", "float16", TensorDType.F16), ("BFloat16", "bfloat16", TensorDType.BF16),
            ("Long", "int64", TensorDType.I64), ("Int", "int32", TensorDType.I32), ("Short", "int16", TensorDType.I16), ("Char", "int8", TensorDType.I8),
            ("Byte", "uint8", TensorDType.U8), ("Bool", "bool", TensorDType.Bool), ("", "uint16", TensorDType.U16), ("", "uint32", TensorDType.U32), ("", "uint64", TensorDType.U64)])
        {
            if (storage.Length > 0) allowed.Add($"torch.{storage}Storage", new PickleGlobal($"torch.{storage}Storage", dtype));
            allowed.Add($"torch.{type}", new PickleGlobal($"torch.{type}", dtype));
        }
        return allowed;
    }
}
