using System.Buffers.Binary;

namespace CaptionTL.Weights.PyTorch;

/// <summary>The checksum of zip archives (CRC-32 of ISO 3309, reflected polynomial EDB88320), eight bytes at a step.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = Build();

    public static uint Of(ReadOnlySpan<byte> bytes, uint previous = 0)
    {
        var crc = ~previous;
        ReadOnlySpan<uint> t = Tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = t[(int)(0x700 + (word & 0xFF))] ^ t[(int)(0x600 + ((word >> 8) & 0xFF))] ^ t[(int)(0x500 + ((word >> 16) & 0xFF))] ^ t[(int)(0x400 + ((word >> 24) & 0xFF))]
                ^ t[(int)(0x300 + ((word >> 32) & 0xFF))] ^ t[(int)(0x200 + ((word >> 40) & 0xFF))] ^ t[(int)(0x100 + ((word >> 48) & 0xFF))] ^ t[(int)(word >> 56)];
        }
        foreach (var b in bytes) crc = (crc >> 8) ^ t[(int)((crc ^ b) & 0xFF)];
        return ~crc;
    }

    /// <summary>Table k holds the effect of a byte that k more bytes follow.</summary>
    private static uint[] Build()
    {
        var tables = new uint[8 * 256];
        for (var n = 0u; n < 256; n++)
        {
            var crc = n;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            tables[n] = crc;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
