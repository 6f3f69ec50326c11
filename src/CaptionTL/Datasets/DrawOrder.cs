using System.Security.Cryptography;
using System.Text;

namespace CaptionTL.Datasets;

/// <summary>How pictures are drawn into splits: by a hash of seed and id, not by the order of files, the machine, or what else is there.</summary>
internal static class DrawOrder
{
    /// <summary>To be sorted by, ordinally: SHA-256 of "SEED\nID" in hexadecimal.</summary>
    public static string Key(string id, ulong seed) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}\n{id}"))));

    /// <summary>A share above 0 is at least one picture.</summary>
    public static int Share(double share, int count) => share > 0 ? Math.Max(1, (int)Math.Round(share * count)) : 0;
}
