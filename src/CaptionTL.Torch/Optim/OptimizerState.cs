using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers about one parameter.</summary>
public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    public abstract void Initialize(OptimizerOptions options);

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    /// <summary>Copies another state's values.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device) { }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(tensor is not null);
        if (tensor is not null) TensorStream.Write(writer, tensor);
    }

    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var loaded = reader.ReadBoolean() ? TensorStream.Read(reader, device) : null;
        Replace(ref result, loaded);
    }

    private protected static void SaveTensor(BinaryWriter writer, Tensor tensor) => TensorStream.Write(writer, tensor);

    private protected void LoadTensor(BinaryReader reader, ref Tensor field) => Replace(ref field!, TensorStream.Read(reader, _parameter.device));

    /// <summary>A new state tensor of zeros beside the parameter; it outlives any dispose scope.</summary>
    private protected Tensor NewZeros()
    {
        using var gradientsOff = no_grad();
        return zeros_like(_parameter).DetachFromDisposeScope();
    }

    private protected void CopyFrom(ref Tensor? field, Tensor? source)
    {
        using var gradientsOff = no_grad();
        Replace(ref field, source?.to(_parameter.device, copy: true));
    }

    private protected static void Replace(ref Tensor? field, Tensor? value)
    {
        if (ReferenceEquals(field, value)) return;
        field?.Dispose();
        field = value?.DetachFromDisposeScope();
    }

    private protected static void Move(ref Tensor? field, Device device)
    {
        if (field is not null && field.device != device) Replace(ref field, field.to(device));
    }

    private protected static bool Close(Tensor? a, Tensor? b) => a is null ? b is null : b is not null && a.allclose(b);
}
