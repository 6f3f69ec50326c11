namespace CaptionTL.Weights.PyTorch;

/// <summary>A stored (not compressed) entry of a zip archive.</summary>
/// <param name="Name">With forward slashes.</param>
/// <param name="Offset">First byte of its content in the file.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC-32 of the content.</param>
internal sealed record ZipEntry(string Name, long Offset, long Length, uint Crc);
