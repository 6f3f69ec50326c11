using System.Buffers.Binary;
using System.Numerics;

namespace CaptionTL.Training.TensorBoard;

/// <summary>
/// The checksum of TFRecord files: CRC-32C (Castagnoli; RFC 3720, appendix B.4), turned and shifted so that the checksum of data that
/// holds checksums is a good one too (TensorFlow, lib/hash/crc32c.h). System.IO.Hashing has CRC-32 of the other polynomial only.
/// </summary>
internal static class MaskedCrc32C
{
    private const uint Delta = 0xa282ead8;

    public static uint Of(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc(data), 15) + Delta;

    /// <summary>Without the mask.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
