namespace CaptionTL.Backbones;

/// <summary>The arithmetic of a frozen network.</summary>
public enum Precision
{
    /// <summary>bf16 on CUDA and where the processor has instructions for it, fp32 otherwise.</summary>
    Auto,

    Float32,

    BFloat16,
}
