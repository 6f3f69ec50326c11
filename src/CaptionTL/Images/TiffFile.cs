using System.Numerics;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>
/// A TIFF's first page. Strips and tiles are cut out and handed to ImageSharp one by one, each as a small file of its own
/// (<see cref="TiffPart"/>): it reads no tiles and no CMYK, gathers the tags of all pages, and fills with black what a strip lacks.
/// </summary>
/// <remarks>TIFF revision 6.0, sections 3 to 8, 15, 16, 20 and 21; JPEG: technical note 2.</remarks>
internal sealed class TiffFile : IImageFile
{
    private const ushort Width = 256, Height = 257, Bits = 258, Compression = 259, Photometric = 262, StripOffsets = 273,
        Orientation = 274,
        Samples = 277, RowsPerStrip = 278, StripBytes = 279, Planar = 284, Predictor = 317, TileWidth = 322, TileHeight = 323,
        TileOffsets = 324, TileBytes = 325, ExtraSamples = 338, SampleFormat = 339;

    /// <summary>Values of tags.</summary>
    private const int Uncompressed = 1, Palette = 3, Separated = 5, YCbCr = 6, UnsignedInteger = 1, UndefinedFormat = 4,
        AssociatedAlpha = 1, UnassociatedAlpha = 2;

    /// <summary>TIFF wants multiples of 16; smaller tiles would make a part of every few pixels.</summary>
    private const int SmallestTile = 16;

    private const int MostPagesCounted = 1 << 16;

    private readonly TiffReader _file;
    private readonly Dictionary<ushort, TiffField> _tags;

    private TiffFile(TiffReader file, Dictionary<ushort, TiffField> tags)
    {
        (_file, _tags) = (file, tags);
        var orientation = Math.Clamp((int)Number(Orientation, 1), 1, 8);
        var pages = Math.Max(1, file.CountDirectories(MostPagesCounted));
        Header = ImageHeader.Create(ImageFormat.Tiff, Number(Width, 0), Number(Height, 0), pages, orientation);
    }

    public ImageHeader Header { get; }

    /// <summary>Pixels of a tile in an image that is smaller than its tiles.</summary>
    private const long LargestTile = 1 << 20;

    /// <exception cref="InvalidDataException">The first page's directory is damaged.</exception>
    public static TiffFile Open(ReadOnlyMemory<byte> bytes)
    {
        var file = new TiffReader(bytes);
        return new TiffFile(file, file.ReadDirectory(file.FirstDirectory));
    }

    public RgbImage Decode()
    {
        var kind = ReadKind();
        var tiled = _tags.ContainsKey(TileOffsets);
        var (width, height) = (Header.Stored.Width, Header.Stored.Height);
        var part = tiled
            ? new PixelSize(Side(TileWidth, SmallestTile), Side(TileHeight, SmallestTile))
            : new PixelSize(width, (int)Math.Clamp(Number(RowsPerStrip, height), 1, height));
        // The image's size is within the limits by now; a tile of it need not be.
        if ((long)part.Width * part.Height > Math.Max((long)width * height, LargestTile))
            throw new InvalidDataException(FormattableString.Invariant(
                $"its tiles of {part.Width:N0} × {part.Height:N0} pixels are larger than the image"));
        var (across, down) = ((width + part.Width - 1) / part.Width, (height + part.Height - 1) / part.Height);
        var planes = kind.Planar ? kind.Samples : 1;
        var count = (long)across * down * planes;
        var offsets = Numbers(tiled ? TileOffsets : StripOffsets, count);
        var lengths = Numbers(tiled ? TileBytes : StripBytes, count);
        // Parts may not share bytes, or a small file could be decoded a million times.
        if (offsets.Length < count || lengths.Length < count || lengths.Sum() > _file.Length)
            throw new InvalidDataException("its strips or tiles do not lie within the file");
        var parts = new TiffPart(_file, _tags, kind);
        var pixels = new byte[checked(width * height * 3)];
        for (var i = 0; i < across * down; i++)
        {
            var (left, top) = (i % across * part.Width, i / across * part.Height);
            // The last tile of a row or column is stored whole, the last strip only as far as the image goes.
            var size = tiled ? part : new PixelSize(width, Math.Min(part.Height, height - top));
            var data = new ReadOnlyMemory<byte>[planes];
            for (var plane = 0; plane < planes; plane++)
            {
                var index = plane * across * down + i;
                data[plane] = _file.Slice(offsets[index], lengths[index]);
            }
            var wanted = new PixelSize(Math.Min(part.Width, width - left), Math.Min(part.Height, height - top));
            parts.Decode(data, size, wanted, pixels.AsMemory((top * width + left) * 3), width * 3);
        }
        var rgb = new RgbImage(width, height, pixels);
        return kind.Photometric == Separated ? PrintColors.Correct(rgb) : rgb;
    }

    private TiffKind ReadKind()
    {
        var samples = (int)Math.Min(Number(Samples, 1), 16);
        var bits = Numbers(Bits, 16) is { Length: > 0 } listed ? listed : [1];
        var formats = Numbers(SampleFormat, 16);
        var extra = Numbers(ExtraSamples, 16);
        var photometric = (int)Number(Photometric, samples >= 3 ? 2 : 1);
        var wholeNumbers = bits[0] <= 16 && bits.All(b => b == bits[0]) && formats.All(f => f is UnsignedInteger or UndefinedFormat);
        if (!wholeNumbers || photometric is > YCbCr or 4 || samples is < 1 or > 4 || (photometric == Separated && samples != 4))
        {
            throw new ImageException(ImageProblem.UnsupportedVariant,
                "the image's pixels are neither grey, RGB nor CMYK of up to 16 bits a channel "
                + "(floating point, Lab and scientific data are not read); save it again as PNG or JPEG");
        }
        var hasAlpha = samples == 4 && photometric == 2 && extra.Length > 0 && extra[0] is AssociatedAlpha or UnassociatedAlpha;
        var planar = samples > 1 && Number(Planar, 1) == 2;
        // ImageSharp passes over the others in silence, and would give noise.
        var predictor = Number(Predictor, 1);
        var predictable = !planar && photometric != YCbCr && (bits[0] == 8 || (bits[0] == 16 && photometric != Palette));
        if (predictor != 1 && (predictor != 2 || !predictable)) throw new NotSupportedException("a predictor with these sample types");
        return new TiffKind(
            (int)Number(Compression, Uncompressed), photometric, samples, (int)bits[0], planar, hasAlpha ? (int)extra[0] : 0);
    }

    private int Side(ushort tag, int least)
    {
        var side = Number(tag, 0);
        if (side >= least && side <= ushort.MaxValue) return (int)side;
        throw new InvalidDataException(FormattableString.Invariant($"its tiles have a side of {side}"));
    }

    private long Number(ushort tag, long otherwise) => _tags.TryGetValue(tag, out var field) ? _file.First(field) : otherwise;

    private long[] Numbers(ushort tag, long most) => _tags.TryGetValue(tag, out var field) ? _file.Numbers(field, most) : [];
}

/// <summary>Of what kind a page's samples are.</summary>
/// <param name="Compression">Tag 259.</param>
/// <param name="Photometric">Tag 262.</param>
/// <param name="Samples">Channels, alpha included.</param>
/// <param name="Bits">Of each channel.</param>
/// <param name="Planar">Every channel is stored separately.</param>
/// <param name="Alpha">Tag 338 where the fourth channel of an RGB image is alpha; else 0.</param>
internal sealed record TiffKind(int Compression, int Photometric, int Samples, int Bits, bool Planar, int Alpha);

/// <summary>Strips or tiles of one page to pixels.</summary>
internal sealed class TiffPart(TiffReader file, Dictionary<ushort, TiffField> tags, TiffKind kind)
{
    private const int Uncompressed = 1, FirstFax = 2, LastFax = 4, Jpeg = 7,
        WhiteIsZero = 0, BlackIsZero = 1, Rgb = 2, Separated = 5, YCbCr = 6, UnassociatedAlpha = 2;
    private const ushort Short = 3, Long = 4, JpegTables = 347;

    /// <summary>
    /// Those of the page's tags that decoding needs as they are: fill order, fax options, predictor, palette, YCbCr's three.
    /// </summary>
    private static readonly ushort[] Copied = [266, 292, 293, 317, 320, 529, 530, 532];

    private const int MostValues = 1 << 18;

    /// <param name="data">The part's bytes, one for each plane.</param>
    /// <param name="size">As it is stored.</param>
    /// <param name="wanted">How much of that belongs to the image, from the upper left.</param>
    /// <param name="target">Where its first pixel belongs.</param>
    /// <param name="stride">Bytes from one row of the target to the next.</param>
    public void Decode(ReadOnlyMemory<byte>[] data, PixelSize size, PixelSize wanted, Memory<byte> target, int stride)
    {
        if (kind.Compression == Jpeg) DecodeJpeg(data[0], size, wanted, target, stride);
        else if (kind.Bits > 8) DecodeOwn<Rgba64>(data, size, wanted, target, stride);
        else DecodeOwn<Rgba32>(data, size, wanted, target, stride);
    }

    private void DecodeOwn<TPixel>(ReadOnlyMemory<byte>[] data, PixelSize size, PixelSize wanted, Memory<byte> target, int stride)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var rowBits = (long)size.Width * kind.Bits * (kind.Planar ? 1 : kind.Samples);
        if (kind.Compression == Uncompressed && kind.Photometric != YCbCr && data.Any(d => d.Length < (rowBits + 7) / 8 * size.Height))
            throw new InvalidDataException("its strips or tiles are too short");
        var decoder = new TiffDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First };
        using var image = PixelConversion.Decode<TPixel>(decoder, Alone(data, size), size);
        if (kind.Photometric == Separated) ChangeColors(image, static color => (Vector4.One - color) * (1 - color.W));
        else if (FaxOfBlackZero) ChangeColors(image, static color => Vector4.One - color);
        else if (kind is { Samples: 4, Alpha: 0 }) ChangeColors(image, static color => color);
        PixelConversion.CopyRows(image, target, stride, wanted.Width, wanted.Height);
    }

    /// <summary>ImageSharp takes a fax's white runs for white; they are zeros, which here stand for black.</summary>
    private bool FaxOfBlackZero => kind is { Compression: >= FirstFax and <= LastFax, Photometric: BlackIsZero };

    /// <summary>
    /// Changes colours from 0 to 1 in place and makes them opaque: what was read as alpha is black ink or means nothing.
    /// </summary>
    private static void ChangeColors<TPixel>(Image<TPixel> image, Func<Vector4, Vector4> change)
        where TPixel : unmanaged, IPixel<TPixel> => image.ProcessPixelRows(rows =>
    {
        for (var y = 0; y < rows.Height; y++)
        {
            foreach (ref var pixel in rows.GetRowSpan(y)) pixel.FromScaledVector4(change(pixel.ToScaledVector4()) with { W = 1 });
        }
    });

    /// <summary>A TIFF of one page and one part, in the file's byte order, with what decoding needs and nothing else.</summary>
    private byte[] Alone(ReadOnlyMemory<byte>[] data, PixelSize size)
    {
        const int Header = 8, Entry = 12, Inline = 4;
        var four = kind.Samples == 4;
        var fields = new SortedDictionary<ushort, (ushort Type, int Count, byte[] Values)>
        {
            [256] = (Long, 1, Numbers(4, size.Width)),
            [257] = (Long, 1, Numbers(4, size.Height)),
            [258] = (Short, kind.Samples, Numbers(2, [.. Enumerable.Repeat(kind.Bits, kind.Samples)])),
            [259] = (Short, 1, Numbers(2, kind.Compression)),
            [262] = (Short, 1, Numbers(2, FaxOfBlackZero ? WhiteIsZero : kind.Photometric == Separated ? Rgb : kind.Photometric)),
            [273] = (Long, data.Length, new byte[4 * data.Length]),
            [277] = (Short, 1, Numbers(2, kind.Samples)),
            [278] = (Long, 1, Numbers(4, size.Height)),
            [279] = (Long, data.Length, Numbers(4, [.. data.Select(d => d.Length)])),
            [284] = (Short, 1, Numbers(2, kind.Planar ? 2 : 1)),
        };
        if (four) fields[338] = (Short, 1, Numbers(2, kind.Alpha == 0 ? UnassociatedAlpha : kind.Alpha));
        foreach (var tag in Copied)
            if (tags.TryGetValue(tag, out var field)) fields[tag] = (field.Type, (int)field.Count, file.Raw(field, MostValues).ToArray());

        var valuesAt = Header + 2 + fields.Count * Entry + 4;
        var dataAt = valuesAt + fields.Values.Sum(f => f.Values.Length > Inline ? f.Values.Length : 0);
        var offsets = new int[data.Length];
        var length = dataAt;
        for (var i = 0; i < data.Length; i++) (offsets[i], length) = (length, checked(length + data[i].Length));
        fields[273] = (Long, data.Length, Numbers(4, offsets));

        var bytes = new byte[length];
        var at = 0;
        Put(file.BigEndian ? "MM"u8 : "II"u8);
        Put([.. Numbers(2, 42), .. Numbers(4, Header), .. Numbers(2, fields.Count)]);
        foreach (var (tag, (type, count, values)) in fields)
        {
            Put([.. Numbers(2, tag, type), .. Numbers(4, count)]);
            var inline = values.Length <= Inline;
            Put(inline ? [.. values, .. new byte[Inline - values.Length]] : Numbers(4, valuesAt));
            if (inline) continue;
            values.CopyTo(bytes, valuesAt);
            valuesAt += values.Length;
        }
        for (var i = 0; i < data.Length; i++) data[i].Span.CopyTo(bytes.AsSpan(offsets[i]));
        return bytes;

        void Put(ReadOnlySpan<byte> what)
        {
            what.CopyTo(bytes.AsSpan(at));
            at += what.Length;
        }
    }

    /// <summary>Whole numbers of two or four bytes in the file's byte order.</summary>
    private byte[] Numbers(int width, params ReadOnlySpan<int> numbers)
    {
        var bytes = new byte[width * numbers.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var place = file.BigEndian ? width - 1 - i % width : i % width;
            bytes[i] = (byte)(numbers[i / width] >> (8 * place));
        }
        return bytes;
    }

    /// <summary>Its tables may stand in one tag, its colour space does in another: put together, it is a JPEG like any other.</summary>
    private void DecodeJpeg(ReadOnlyMemory<byte> data, PixelSize size, PixelSize wanted, Memory<byte> target, int stride)
    {
        var transform = kind switch
        {
            { Planar: true } => throw new NotSupportedException("JPEG with separately stored channels"),
            { Photometric: YCbCr, Samples: 3 } => 1,
            { Photometric: Rgb, Samples: 3 } or { Photometric: BlackIsZero, Samples: 1 } => 0,
            _ => throw new NotSupportedException("JPEG whose channels are not grey, RGB or YCbCr"),
        };
        var tables = tags.TryGetValue(JpegTables, out var field) ? file.Raw(field, MostValues) : [];
        if (data.Length < 4 || tables.Length is > 0 and < 4) throw new InvalidDataException("its strips or tiles are too short");
        // Adobe's marker tells whether the channels are YCbCr.
        ReadOnlySpan<byte> adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)transform];
        var jpeg = JpegFile.Open((byte[])[.. data.Span[..2], .. adobe, .. tables.IsEmpty ? [] : tables[2..^2], .. data.Span[2..]]);
        if (jpeg.Header.Width != size.Width || jpeg.Header.Height < wanted.Height || jpeg.Header.Height > size.Height)
            throw new InvalidDataException("its strips or tiles do not have the size it says");
        var image = jpeg.Decode();
        for (var y = 0; y < wanted.Height; y++)
            image.Pixels.AsSpan(y * image.Width * 3, wanted.Width * 3).CopyTo(target.Span[(y * stride)..]);
    }
}
