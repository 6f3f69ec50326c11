using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CaptionTL.Service.Security;

/// <summary>How a key looks: "captiontl_" and 256 random bits in base64url.</summary>
internal static class KeyText
{
    public const string Start = "captiontl_";

    private const int RandomBytes = 32;
    private const int ShownCharacters = 8;

    private static readonly int Length = Start.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string Create() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What may be shown; 48 of the 256 bits.</summary>
    public static string PrefixOf(string key) => key[..(Start.Length + ShownCharacters)];

    /// <summary>Whether it is worth looking for.</summary>
    public static bool IsKey(string? text) => text?.Length == Length && text.StartsWith(Start, StringComparison.Ordinal);

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
