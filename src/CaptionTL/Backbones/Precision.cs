namespace CaptionTL.Backbones;

/// <summary>The arithmetic of a frozen network.</summary>
public enum Precision
{
    /// <summary>bf16 on CUDA, fp32 elsewhere.</summary>
    Auto,

    Float32,

    BFloat16,
}
