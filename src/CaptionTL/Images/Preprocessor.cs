using System.Globalization;
using System.Security.Cryptography;

namespace CaptionTL.Images;

/// <summary>
/// Bytes of an image to the pixels that a set of weights expects, in the version asked for. Safe for many threads at once.
/// Normalising (mean and standard deviation) is left to whoever makes the tensor.
/// </summary>
public sealed class Preprocessor
{
    private readonly ImageLimits _limits;

    /// <exception cref="CaptionTLException">A parameter of the augmentation or the preprocessing is out of range.</exception>
    public Preprocessor(Preprocessing preprocessing, Augmentation? augmentation = null, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        (Preprocessing, Augmentation) = (preprocessing, augmentation ?? new Augmentation());
        _limits = limits ?? ImageLimits.Default;
        Augmentation.Validate();
        if (preprocessing.Width is < 1 or > 8192 || preprocessing.Height is < 1 or > 8192
            || !(preprocessing.CropFraction is > 0.01f and <= 1f))
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture,
                $"preprocessing to {preprocessing.Width} × {preprocessing.Height} pixels with a crop of {preprocessing.CropFraction} "
                + $"is not possible"));
    }

    public Preprocessing Preprocessing { get; }

    public Augmentation Augmentation { get; }

    /// <summary>
    /// One line that is equal exactly when <see cref="Prepare"/> would give the same pixels for the same bytes; the number behind
    /// "pixels/" goes up when the code changes them.
    /// </summary>
    public string Fingerprint(AugmentationView view) => $"pixels/2;{Preprocessing.Fingerprint};{Augmentation.FingerprintOf(view)}";

    /// <summary>An image of exactly <see cref="Preprocessing"/>'s width and height.</summary>
    /// <exception cref="ImageException">The image cannot be used; the message says why.</exception>
    public RgbImage Prepare(ReadOnlyMemory<byte> bytes, AugmentationView view = default) => Open(bytes)(view);

    /// <summary>Decodes once for all versions that are wanted: what is returned makes one of them.</summary>
    /// <exception cref="ImageException">The image cannot be used; the message says why.</exception>
    public Func<AugmentationView, RgbImage> Open(ReadOnlyMemory<byte> bytes)
    {
        var image = ImageDecoder.Decode(bytes, _limits);
        return view =>
        {
            if (view.Index >= 2) return PrepareRandom(image, bytes, view);
            var prepared = Resize(image, CropGeometry.Plain(Preprocessing, image.Width, image.Height));
            return view == AugmentationView.Mirrored ? PixelEffects.Mirror(prepared) : prepared;
        };
    }

    /// <summary>
    /// The part of an image that the network sees, in pixels of the upright image; bytes are read no further than the header where the
    /// format allows.
    /// </summary>
    /// <exception cref="ImageException">The image cannot be used; the message says why.</exception>
    public SeenPart Seen(ReadOnlyMemory<byte> bytes)
    {
        var header = ImageDecoder.ReadHeader(bytes);
        var geometry = CropGeometry.Plain(Preprocessing, header.Width, header.Height);
        var (x, y) = (header.Width / (double)geometry.Resized.Width, header.Height / (double)geometry.Resized.Height);
        return new SeenPart(header.Width, header.Height, geometry.Part.Left * x, geometry.Part.Top * y, geometry.Part.Width * x,
            geometry.Part.Height * y);
    }

    private RgbImage PrepareRandom(RgbImage image, ReadOnlyMemory<byte> bytes, AugmentationView view)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.Span, hash);
        // Squashed images lose their proportions anyway: there a part is neither stretched nor squeezed if it has the image's own.
        var aspect = Preprocessing.Resize == ResizeMode.Squash ? image.Width / (double)image.Height
            : Preprocessing.Width / (double)Preprocessing.Height;
        var random = RandomView.Draw(Augmentation, view, hash, new PixelSize(image.Width, image.Height), aspect);
        var prepared = Resize(image, CropGeometry.Whole(random.Part, Preprocessing));
        if (ReferenceEquals(prepared, image))
            prepared = new RgbImage(image.Width, image.Height, (byte[])image.Pixels.Clone()); // changed below
        if (random.Mirrored) prepared = PixelEffects.Mirror(prepared);
        if (random.Angle != 0) prepared = PixelEffects.Rotate(prepared, random.Angle);
        PixelEffects.ChangeColors(prepared, random.Brightness, random.Contrast, random.Saturation);
        if (random.Erased is { } erased) PixelEffects.Erase(prepared, erased.In(prepared.Width, prepared.Height));
        return prepared;
    }

    private RgbImage Resize(RgbImage image, CropGeometry geometry) =>
        geometry.Resized == new PixelSize(image.Width, image.Height) && geometry.Part == geometry.Source
            ? image
            : Resampler.Resize(image, geometry.Source, geometry.Resized, geometry.Part, Preprocessing.Interpolation);
}

/// <summary>The part of an image that a network sees; all in pixels of the upright image.</summary>
/// <param name="ImageWidth">Of the whole image.</param>
/// <param name="ImageHeight">Of the whole image.</param>
/// <param name="Left">Edge of the part.</param>
/// <param name="Top">Edge of the part.</param>
/// <param name="Width">Of the part.</param>
/// <param name="Height">Of the part.</param>
public readonly record struct SeenPart(int ImageWidth, int ImageHeight, double Left, double Top, double Width, double Height);

/// <summary>Which part of an image becomes the network's input, and through which size.</summary>
/// <param name="Source">The part of the upright image that is resized.</param>
/// <param name="Resized">The size it is resized to.</param>
/// <param name="Part">The part of the resized image that is kept.</param>
internal readonly record struct CropGeometry(PixelBox Source, PixelSize Resized, PixelBox Part)
{
    /// <summary>View 0: what the weights were scored with.</summary>
    /// <remarks>Rounding as in torchvision's Resize (longer side down) and CenterCrop (half to even).</remarks>
    public static CropGeometry Plain(Preprocessing preprocessing, int width, int height)
    {
        var (w, h) = (preprocessing.Width, preprocessing.Height);
        var all = new PixelBox(0, 0, width, height);
        if (preprocessing.Resize == ResizeMode.Squash) return Whole(all, preprocessing);
        var (wide, high) = (
            (int)Math.Round(w / (double)preprocessing.CropFraction), (int)Math.Round(h / (double)preprocessing.CropFraction));
        // The side that is relatively shorter is resized to its length, the other in proportion.
        var resized = (long)width * high <= (long)height * wide
            ? new PixelSize(wide, (int)((long)height * wide / width))
            : new PixelSize((int)((long)width * high / height), high);
        var part = new PixelBox((int)Math.Round((resized.Width - w) / 2.0), (int)Math.Round((resized.Height - h) / 2.0), w, h);
        return new CropGeometry(all, resized, part);
    }

    /// <summary>A part of the image, resized straight to the network's size.</summary>
    public static CropGeometry Whole(PixelBox source, Preprocessing preprocessing) =>
        new(source, new PixelSize(preprocessing.Width, preprocessing.Height),
            new PixelBox(0, 0, preprocessing.Width, preprocessing.Height));
}

/// <summary>
/// What a set of weights expects of its pixels. It belongs to the weights, not to the architecture:
/// (x / 255 − mean) / std, channel by channel, after resizing.
/// </summary>
public sealed record Preprocessing
{
    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Red, green, blue, in units of full scale (0 to 1).</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Red, green, blue, in units of full scale (0 to 1).</summary>
    public required IReadOnlyList<float> Std { get; init; }

    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    public ResizeMode Resize { get; init; } = ResizeMode.CenterCrop;

    /// <summary>The share of the resized image's shorter side that a centre crop keeps.</summary>
    public float CropFraction { get; init; } = 0.875f;

    /// <summary>One line that is equal exactly when the preprocessing is: part of the embedding cache's key.</summary>
    public string Fingerprint
    {
        get
        {
            var crop = Resize == ResizeMode.CenterCrop ? FormattableString.Invariant($";crop={CropFraction}") : "";
            return FormattableString.Invariant(
                $"{Width}x{Height};mean={string.Join(',', Mean)};std={string.Join(',', Std)};{Interpolation};{Resize}{crop}")
                .ToLowerInvariant();
        }
    }
}

/// <summary>How an image is made smaller: both antialiased, with the kernels of Pillow (bicubic a = −0.5).</summary>
public enum Interpolation { Bilinear, Bicubic }

/// <summary>How an image of any shape becomes an image of the network's shape.</summary>
public enum ResizeMode
{
    /// <summary>Shorter side to size / crop fraction, then the middle.</summary>
    CenterCrop,

    /// <summary>Straight to the size; the whole image stays, its proportions do not.</summary>
    Squash,
}
