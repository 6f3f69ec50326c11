using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Splits one dimension into several; one of the sizes may be -1.</summary>
public sealed class Unflatten : ParameterLessModule<Tensor, Tensor>
{
    internal Unflatten(long dim, long[] unflattened_size) : base(nameof(Unflatten))
    {
        this.dim = dim;
        this.unflattened_size = unflattened_size;
    }

    public long dim { get; set; }

    public long[] unflattened_size { get; set; }

    public override Tensor forward(Tensor tensor)
    {
        var shape = tensor.shape;
        var at = (int)(dim < 0 ? dim + shape.Length : dim);
        return tensor.reshape([.. shape[..at], .. unflattened_size, .. shape[(at + 1)..]]);
    }
}
