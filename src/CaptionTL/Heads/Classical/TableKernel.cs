namespace CaptionTL.Heads.Classical;

/// <summary>Kernel values from a table.</summary>
internal sealed class TableKernel(PairwiseTable table, KernelFunction function) : KernelSource
{
    public override void Values(int row, ReadOnlySpan<int> others, Span<double> values)
    {
        for (var k = 0; k < others.Length; k++) values[k] = function.Value(table[row, others[k]]);
    }
}
