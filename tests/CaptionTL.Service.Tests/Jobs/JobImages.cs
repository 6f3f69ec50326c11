namespace CaptionTL.Service.Tests.Jobs;

/// <summary>
/// Small data sets of generated images: class "left" is reddish and bright on the left, "right" bluish and bright on the right, both
/// with noise.
/// </summary>
internal static class JobImages
{
    private const int Side = 48;

    /// <summary>An archive with a folder for each class.</summary>
    public static byte[] Zip(int imagesPerClass) => TestZip.Of(
        from name in (string[])["left", "right"]
        from i in Enumerable.Range(0, imagesPerClass)
        select (FormattableString.Invariant($"{name}/{i:000}.bmp"), Bitmap(name == "left", i)));

    /// <summary>24-bit BMP.</summary>
    public static byte[] Bitmap(bool left, int seed)
    {
        var rows = new byte[Side * Side * 3];
        var random = new Random(seed * 2 + (left ? 1 : 0));
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        for (var c = 0; c < 3; c++)
            rows[(y * Side + x) * 3 + c] =
                (byte)((x < Side / 2 == left ? 130 : 30) + (c == (left ? 2 : 0) ? 70 : 0) + random.Next(50));
        return BmpWriter.Write(Side, Side, 24, rows);
    }
}
