using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Serialization;

namespace CaptionTL.Images;

/// <summary>
/// How the views from 2 on differ from the image: a random part of it, perhaps mirrored, with brightness, contrast and saturation
/// changed; turned and partly covered where that is asked for. What becomes of an image depends on its content, the view's number and
/// the seed, on nothing else.
/// </summary>
/// <remarks>Inception's random crop (Szegedy et al. 2015, §6) with milder parts: a caption may speak of what lies at the edge.</remarks>
public sealed record Augmentation
{
    /// <summary>The least share of the image's area that is kept, 0 to 1.</summary>
    public double MinScale { get; init; } = 0.5;

    /// <summary>The largest share of the image's area that is kept, 0 to 1.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>The part is stretched or squeezed by at most this factor (at least 1).</summary>
    public double MaxStretch { get; init; } = 4.0 / 3;

    /// <summary>How often a view is mirrored, 0 to 1.</summary>
    public double MirrorProbability { get; init; } = 0.5;

    /// <summary>Brightness is multiplied by a number between 1 − this and 1 + this; likewise the two below.</summary>
    public double Brightness { get; init; } = 0.2;

    public double Contrast { get; init; } = 0.2;

    public double Saturation { get; init; } = 0.2;

    /// <summary>
    /// The part is turned about its middle by at most so many degrees to either side; what lies outside repeats the edge.
    /// </summary>
    public double Rotation { get; init; }

    /// <summary>How often a rectangle is covered with the image's mean colour, 0 to 1 (random erasing, Zhong et al., 2020).</summary>
    public double ErasingProbability { get; init; }

    /// <summary>The largest share of the area that is covered, 0 to 1; at least a tenth of it is.</summary>
    public double MaxErased { get; init; } = 0.25;

    /// <summary>Of what is drawn; in a plan the plan's seed is added to it.</summary>
    public ulong Seed { get; init; }

    /// <summary>One line that is equal exactly when every view would be.</summary>
    [JsonIgnore]
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture,
        $"augment/1;scale={MinScale}-{MaxScale};stretch={MaxStretch};mirror={MirrorProbability};brightness={Brightness};"
            + $"contrast={Contrast};saturation={Saturation};seed={Seed}{Rotated}{Erased}");

    // Empty where nothing is done, so that embeddings cached before this option existed stay valid.
    private string Rotated => Rotation == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";rotation={Rotation}");

    private string Erased =>
        ErasingProbability == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";erasing={ErasingProbability}x{MaxErased}");

    /// <summary>One line that is equal exactly when this view would be: the first two views do not depend on the parameters.</summary>
    public string FingerprintOf(AugmentationView view) => view.Index switch
    {
        0 => "original",
        1 => "mirrored",
        _ => string.Create(CultureInfo.InvariantCulture, $"view={view.Index};{Fingerprint}"),
    };

    /// <exception cref="CaptionTLException">A parameter is out of its range.</exception>
    public void Validate()
    {
        if (!(MinScale > 0 && MinScale <= MaxScale && MaxScale <= 1))
            throw Bad($"the scale must lie between 0 and 1, got {MinScale} to {MaxScale}");
        if (!(MaxStretch >= 1 && MaxStretch <= 4)) throw Bad($"the stretch must lie between 1 and 4, got {MaxStretch}");
        if (!(MirrorProbability >= 0 && MirrorProbability <= 1))
            throw Bad($"the probability of mirroring must lie between 0 and 1, got {MirrorProbability}");
        foreach (var strength in (double[])[Brightness, Contrast, Saturation])
            if (!(strength >= 0 && strength < 1))
                throw Bad($"brightness, contrast and saturation must lie between 0 and 1, got {strength}");
        if (!(Rotation >= 0 && Rotation <= 180)) throw Bad($"the rotation must lie between 0 and 180 degrees, got {Rotation}");
        if (!(ErasingProbability >= 0 && ErasingProbability <= 1))
            throw Bad($"the probability of erasing must lie between 0 and 1, got {ErasingProbability}");
        if (!(MaxErased > 0 && MaxErased <= 1)) throw Bad($"the share that is erased must lie between 0 and 1, got {MaxErased}");
    }

    private static CaptionTLException Bad(FormattableString what) => new($"augmentation: {FormattableString.Invariant(what)}");
}

/// <summary>
/// One version of an image: 0 is the image itself, 1 its mirror image, 2 and above are random crops with changed colours
/// (<see cref="Augmentation"/>), each number its own.
/// </summary>
public readonly record struct AugmentationView
{
    public AugmentationView(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    public static AugmentationView Original => default;

    public static AugmentationView Mirrored => new(1);

    public int Index { get; }
}

/// <summary>
/// What one random view of one image draws: the part, whether it is mirrored, the colours' factors, by how many degrees it is turned,
/// and what is covered.
/// </summary>
internal readonly record struct RandomView(PixelBox Part, bool Mirrored, float Brightness, float Contrast, float Saturation, double Angle,
    Erasure? Erased)
{
    private const int Attempts = 10;

    // Shape of what is covered, height over width or width over height, and its least share of the largest (Zhong et al., 2020: 3.3 and
    // 1/20).
    private const double MaxErasedStretch = 3.3;
    private const double LeastErased = 0.1;

    /// <param name="augmentation">The ranges.</param>
    /// <param name="view">2 or above.</param>
    /// <param name="contentHash">SHA-256 of the image's bytes.</param>
    /// <param name="size">The upright image.</param>
    /// <param name="aspect">Width over height of a part that is neither stretched nor squeezed.</param>
    public static RandomView Draw(Augmentation augmentation, AugmentationView view, ReadOnlySpan<byte> contentHash, PixelSize size,
        double aspect)
    {
        var random = new SplitMix64(BinaryPrimitives.ReadUInt64LittleEndian(contentHash) ^ new SplitMix64(augmentation.Seed).Next()
            ^ new SplitMix64(~(ulong)view.Index).Next());
        var mirrored = random.NextDouble() < augmentation.MirrorProbability;
        var brightness = (float)random.Between(1 - augmentation.Brightness, 1 + augmentation.Brightness);
        var contrast = (float)random.Between(1 - augmentation.Contrast, 1 + augmentation.Contrast);
        var saturation = (float)random.Between(1 - augmentation.Saturation, 1 + augmentation.Saturation);
        var part = DrawPart(random, augmentation, size, aspect);
        // Drawn last, so that views without them equal those of versions that did not draw them.
        var angle = random.Between(-augmentation.Rotation, augmentation.Rotation);
        var erased = random.NextDouble() < augmentation.ErasingProbability ? DrawErased(random, augmentation.MaxErased) : (Erasure?)null;
        return new RandomView(part, mirrored, brightness, contrast, saturation, angle, erased);
    }

    private static Erasure DrawErased(SplitMix64 random, double most)
    {
        var area = random.Between(LeastErased * most, most);
        var stretch = random.Between(1, MaxErasedStretch);
        var ratio = random.NextDouble() < 0.5 ? stretch : 1 / stretch;
        // What would be longer than the image is as long as the image, and wider instead.
        var width = Math.Clamp(Math.Sqrt(area * ratio), area, 1);
        var height = Math.Min(area / width, 1);
        return new Erasure(random.Between(0, 1 - width), random.Between(0, 1 - height), width, height);
    }

    private static PixelBox DrawPart(SplitMix64 random, Augmentation augmentation, PixelSize size, double aspect)
    {
        var (width, height) = (0, 0);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = random.Between(augmentation.MinScale, augmentation.MaxScale) * size.Width * size.Height;
            // Stretched or squeezed equally often; square roots are exact everywhere, logarithms are not.
            var stretch = random.Between(1, augmentation.MaxStretch);
            var ratio = random.NextDouble() < 0.5 ? aspect * stretch : aspect / stretch;
            (width, height) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (width >= 1 && height >= 1 && width <= size.Width && height <= size.Height) break;
            // A very long image may have no part of that area and shape: then the largest of that shape.
            var fit = Math.Min(size.Width / (double)Math.Max(1, width), size.Height / (double)Math.Max(1, height));
            (width, height) = (Math.Clamp((int)(width * fit), 1, size.Width), Math.Clamp((int)(height * fit), 1, size.Height));
        }
        return new PixelBox(random.Below(size.Width - width + 1), random.Below(size.Height - height + 1), width, height);
    }
}

/// <summary>A rectangle that is covered, in shares of the image's width and height.</summary>
internal readonly record struct Erasure(double Left, double Top, double Width, double Height)
{
    /// <summary>In whole pixels of an image; at least one.</summary>
    public PixelBox In(int width, int height)
    {
        var (left, top) = ((int)(Left * width), (int)(Top * height));
        return new PixelBox(left, top, Math.Clamp((int)Math.Round(Width * width), 1, width - left),
            Math.Clamp((int)Math.Round(Height * height), 1, height - top));
    }
}

/// <summary>A small random generator whose numbers are the same everywhere and always; those of <see cref="Random"/> may change.</summary>
/// <remarks>Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.</remarks>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 … <paramref name="count"/> − 1, by multiplication (Lemire 2019); the bias is below 2^−32.</summary>
    public int Below(int count) => (int)(((UInt128)Next() * (uint)count) >> 64);
}
