using TorchSharp;

namespace CaptionTL.Torch.Tests;

/// <summary>Tests that count the process's live tensors run alone.</summary>
[CollectionDefinition(nameof(LiveTensors), DisableParallelization = true)]
public sealed class LiveTensors
{
    /// <summary>The number of live tensors after what other tests have left behind is gone.</summary>
    public static long Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    /// <summary>The number now; what was forgotten still counts.</summary>
    public static long Now => torch.Tensor.TotalCount;
}
