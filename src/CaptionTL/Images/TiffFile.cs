namespace CaptionTL.Images;

/// <summary>
/// A TIFF's first page. Strips and tiles are cut out and handed to ImageSharp one by one, each as a small file of its own
/// (<see cref="TiffPart"/>): it reads no tiles and no CMYK, gathers the tags of all pages, and fills with black what a strip lacks.
/// </summary>
/// <remarks>TIFF revision 6.0, sections 3 to 8, 15, 16, 20 and 21; JPEG: technical note 2.</remarks>
internal sealed class TiffFile : IImageFile
{
    private const ushort Width = 256, Height = 257, Bits = 258, Compression = 259, Photometric = 262, StripOffsets = 273, Orientation = 274,
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
                "the picture's pixels are neither grey, RGB nor CMYK of up to 16 bits a channel "
                + "(floating point, Lab and scientific data are not read); save it again as PNG or JPEG");
        }
        var hasAlpha = samples == 4 && photometric == 2 && extra.Length > 0 && extra[0] is AssociatedAlpha or UnassociatedAlpha;
        var planar = samples > 1 && Number(Planar, 1) == 2;
        // ImageSharp passes over the others in silence, and would give noise.
        var predictor = Number(Predictor, 1);
        var predictable = !planar && photometric != YCbCr && (bits[0] == 8 || (bits[0] == 16 && photometric != Palette));
        if (predictor != 1 && (predictor != 2 || !predictable)) throw new NotSupportedException("a predictor with such samples");
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
