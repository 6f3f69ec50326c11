namespace CaptionTL.Heads.Classical;

/// <summary>Kernel values between rows; thread-safe.</summary>
internal abstract class KernelSource
{
    /// <summary>Between one row and others.</summary>
    /// <param name="row">One.</param>
    /// <param name="others">Any rows; neighbours next to each other are fastest.</param>
    /// <param name="values">One each.</param>
    public abstract void Values(int row, ReadOnlySpan<int> others, Span<double> values);
}
