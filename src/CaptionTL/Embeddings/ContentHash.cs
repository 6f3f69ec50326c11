using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CaptionTL.Embeddings;

/// <summary>A SHA-256, as a value.</summary>
public readonly record struct ContentHash(UInt128 High, UInt128 Low)
{
    /// <summary>Bytes.</summary>
    public const int Size = 32;

    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return FromBytes(hash);
    }

    /// <summary>Of the UTF-8 bytes of a text, for instance of an encoder's fingerprint.</summary>
    public static ContentHash OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <param name="hash">32 bytes.</param>
    public static ContentHash FromBytes(ReadOnlySpan<byte> hash) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..Size]));

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToBytes());
}
