using System.Buffers.Binary;

namespace CaptionTL.Tests.Weights;

/// <summary>Small damages, as a seeded generator picks them.</summary>
internal static class Mutation
{
    private static readonly long[] Numbers = [0, 1, 8, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1L << 32, 1L << 62, long.MaxValue, -1];

    public static byte[] Of(byte[] whole, Random random)
    {
        var bytes = (byte[])whole.Clone();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..]]; break;
                case 3: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
                case 4 when at + 8 <= bytes.Length: BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), random.Next(3) == 0
                    ? random.Next(bytes.Length) : Numbers[random.Next(Numbers.Length)]); break;
                default: bytes[at] = (byte)".(}]tR0bQ\u0086h"[random.Next(11)]; break;
            }
            if (bytes.Length == 0) bytes = [0];
        }
        return bytes;
    }
}

/// <summary>What is wrong with a file, and its bytes.</summary>
internal sealed class BadFileList : List<(string What, byte[] Bytes)>
{
    public void Add(string what, byte[] bytes) => Add((what, bytes));
}
