namespace CaptionTL.Heads.Classical;

/// <summary>How a <see cref="KernelSvm"/> compares two pictures.</summary>
public enum SvmKernel
{
    /// <summary>x·y.</summary>
    Linear,

    /// <summary>exp(−gamma·|x − y|²).</summary>
    Rbf,
}
