namespace CaptionTL.Weights.PyTorch;

/// <summary>Where a storage's numbers lie in the file.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC-32 to be compared before the first use; null in the legacy format, which has none.</param>
internal sealed record TorchStorage(long Offset, long Length, uint? Crc)
{
    /// <summary>The sum was right.</summary>
    public bool IsChecked { get; set; } = Crc is null;
}
