using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Batch normalisation (Ioffe and Szegedy 2015): batch statistics while training, running ones otherwise.</summary>
public abstract class BatchNorm : NormBase
{
    public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var factor = momentum ?? 0;
        if (training && num_batches_tracked is { } batches)
        {
            using (no_grad()) batches.add_(1);
            factor = momentum ?? 1.0 / batches.item<long>();
        }
        var useBatch = training || running_mean is null && running_var is null;
        var statistics = !training || track_running_stats;
        return nn.functional.batch_norm(input, statistics ? running_mean : null, statistics ? running_var : null, weight, bias, useBatch, factor, eps);
    }
}
