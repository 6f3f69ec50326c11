using System.Collections;
using System.Globalization;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace CaptionTL.Images;

/// <summary>What the tags of a TIFF's page say of where its samples lie and of what kind they are.</summary>
/// <remarks>TIFF revision 6.0, sections 3, 15 and 19.</remarks>
internal static class TiffDirectory
{
    private const ulong UnsignedInteger = 1;

    /// <summary>Whether every strip or tile lies within the file.</summary>
    public static bool LiesWithin(ExifProfile tags, long fileBytes)
    {
        var (offsets, lengths) = Values(tags, ExifTag.TileOffsets) is { Count: > 0 } tiles
            ? (tiles, Values(tags, ExifTag.TileByteCounts))
            : (Values(tags, ExifTag.StripOffsets), Values(tags, ExifTag.StripByteCounts));
        return offsets.Count > 0 && offsets.Count == lengths.Count
            && offsets.Zip(lengths).All(part => part.First <= (ulong)fileBytes && part.Second <= (ulong)fileBytes - part.First);
    }

    /// <summary>Not floating point, signed or complex.</summary>
    public static bool HasUnsignedIntegers(ExifProfile tags) => Values(tags, ExifTag.SampleFormat).All(kind => kind == UnsignedInteger);

    /// <summary>A tag's numbers, of whatever width they are stored in.</summary>
    private static List<ulong> Values(ExifProfile tags, ExifTag tag) => tags.Values.FirstOrDefault(value => value.Tag == tag)?.GetValue() switch
    {
        null => [],
        IEnumerable many => [.. many.Cast<object>().Select(Widened)],
        var one => [Widened(one)],
    };

    private static ulong Widened(object value) => value is Number number ? (uint)number : Convert.ToUInt64(value, CultureInfo.InvariantCulture);
}
