using System.IO.Compression;
using CaptionTL.Images;

namespace CaptionTL.Tests;

/// <summary>TIFFs byte by byte, of kinds that ImageSharp does not write.</summary>
internal sealed record TiffWriter
{
    public bool BigEndian { get; init; }

    /// <summary>BigTIFF: offsets of 64 bits.</summary>
    public bool Big { get; init; }

    /// <summary>A side of square tiles; 0 for strips.</summary>
    public int Tile { get; init; }

    public int RowsPerStrip { get; init; } = 1000;

    public bool Deflate { get; init; }

    public bool Planar { get; init; }

    public int Bits { get; init; } = 8;

    public int Samples { get; init; } = 3;

    /// <summary>
    /// More entries of the directory, or others in place of those that are written anyway: tag, type (3: 16 bits, 4: 32 bits), values.
    /// </summary>
    public (int Tag, int Type, int[] Values)[] Tags { get; init; } = [];

    /// <summary>16 bits have the eight bits twice, which is exact.</summary>
    public byte[] Write(RgbImage image) =>
        Write(image.Width, image.Height, Bits == 8 ? image.Pixels : [.. image.Pixels.SelectMany(p => (byte[])[p, p])]);

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="pixels">Samples side by side, each in bytes of the file's order.</param>
    public byte[] Write(int width, int height, byte[] pixels)
    {
        var (partWidth, partHeight) = Tile > 0 ? (Tile, Tile) : (width, Math.Min(RowsPerStrip, height));
        var parts = new List<byte[]>();
        for (var plane = 0; plane < (Planar ? Samples : 1); plane++)
        for (var top = 0; top < height; top += partHeight)
        for (var left = 0; left < width; left += partWidth)
            parts.Add(Packed(Part(
                width, height, pixels, new PixelBox(left, top, partWidth, Tile > 0 ? Tile : Math.Min(partHeight, height - top)), plane)));

        var fields = new SortedDictionary<int, (int Type, int[] Values)>
        {
            [256] = (4, [width]), [257] = (4, [height]), [258] = (3, [.. Enumerable.Repeat(Bits, Samples)]),
            [259] = (3, [Deflate ? 8 : 1]), [262] = (3, [Samples >= 3 ? 2 : 1]),
            [277] = (3, [Samples]), [284] = (3, [Planar ? 2 : 1]), [Tile > 0 ? 324 : 273] = (4, new int[parts.Count]),
            [Tile > 0 ? 325 : 279] = (4, [.. parts.Select(p => p.Length)]),
        };
        if (Tile > 0) (fields[322], fields[323]) = ((4, [Tile]), (4, [Tile]));
        else fields[278] = (4, [partHeight]);
        foreach (var (tag, type, values) in Tags) fields[tag] = (type, values);

        var (header, entry, inline) = Big ? (16, 20, 8) : (8, 12, 4);
        var valuesAt = header + (Big ? 8 : 2) + fields.Count * entry + (Big ? 8 : 4);
        var dataAt = valuesAt + fields.Values.Sum(f => f.Values.Length * Width(f.Type) is var n && n > inline ? n : 0);
        var offsets = new int[parts.Count];
        for (var (i, at) = (0, dataAt); i < offsets.Length; at += parts[i++].Length) offsets[i] = at;
        if (!Tags.Any(t => t.Tag is 273 or 324)) fields[Tile > 0 ? 324 : 273] = (4, offsets);

        var (file, far) = (new List<byte>(), new List<byte>());
        file.AddRange(BigEndian ? "MM"u8 : "II"u8);
        file.AddRange(Big
            ? [.. Number(43, 2), .. Number(8, 2), .. Number(0, 2), .. Number(header, 8), .. Number(fields.Count, 8)]
            : [.. Number(42, 2), .. Number(header, 4), .. Number(fields.Count, 2)]);
        foreach (var (tag, (type, values)) in fields)
        {
            byte[] bytes = [.. values.SelectMany(v => Number(v, Width(type)))];
            file.AddRange([.. Number(tag, 2), .. Number(type, 2), .. Number(values.Length, Big ? 8 : 4)]);
            if (bytes.Length <= inline) file.AddRange([.. bytes, .. new byte[inline - bytes.Length]]);
            else
            {
                file.AddRange(Number(valuesAt + far.Count, inline));
                far.AddRange(bytes);
            }
        }
        file.AddRange(Number(0, inline));
        file.AddRange(far);
        foreach (var part in parts) file.AddRange(part);
        return [.. file];
    }

    /// <summary>One strip or tile of all samples or of one; beyond the image zeros.</summary>
    private byte[] Part(int width, int height, byte[] pixels, PixelBox box, int plane)
    {
        var (sample, taken) = (Bits / 8, Planar ? 1 : Samples);
        var part = new byte[box.Width * box.Height * taken * sample];
        for (var y = 0; y < box.Height && box.Top + y < height; y++)
        for (var x = 0; x < box.Width && box.Left + x < width; x++)
            pixels.AsSpan((((box.Top + y) * width + box.Left + x) * Samples + plane) * sample, taken * sample)
                .CopyTo(part.AsSpan((y * box.Width + x) * taken * sample));
        return part;
    }

    private byte[] Packed(byte[] part)
    {
        if (!Deflate) return part;
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(part);
        return packed.ToArray();
    }

    private static int Width(int type) => type == 3 ? 2 : 4;

    private byte[] Number(long value, int width)
    {
        byte[] bytes = [.. Enumerable.Range(0, width).Select(i => (byte)(value >> (8 * i)))];
        if (BigEndian) Array.Reverse(bytes);
        return bytes;
    }
}
