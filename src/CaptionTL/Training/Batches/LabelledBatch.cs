using static TorchSharp.torch;

namespace CaptionTL.Training.Batches;

/// <summary>Some pictures with their classes. Its tensors are freed when the next batch is asked for.</summary>
/// <param name="Inputs">Normalised pixels (N, 3, H, W), or features (N, …).</param>
/// <param name="Labels">Positions of the classes (N), int64.</param>
public sealed record LabelledBatch(Tensor Inputs, Tensor Labels) : IDisposable
{
    /// <summary>The pictures' names within their data set, in the batch's order.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
    }
}
