using System.Buffers.Binary;

namespace CaptionTL.Images;

/// <summary>What one random view of one picture draws: the part, whether it is mirrored, the colours' factors, by how many degrees it is turned, and what is covered.</summary>
internal readonly record struct RandomView(PixelBox Part, bool Mirrored, float Brightness, float Contrast, float Saturation, double Angle, Erasure? Erased)
{
    private const int Attempts = 10;

    // Shape of what is covered, height over width or width over height, and its least share of the largest (Zhong et al., 2020: 3.3 and 1/20).
    private const double MaxErasedStretch = 3.3;
    private const double LeastErased = 0.1;

    /// <param name="augmentation">The ranges.</param>
    /// <param name="view">2 or above.</param>
    /// <param name="contentHash">SHA-256 of the picture's bytes.</param>
    /// <param name="size">The upright picture.</param>
    /// <param name="aspect">Width over height of a part that is neither stretched nor squeezed.</param>
    public static RandomView Draw(Augmentation augmentation, AugmentationView view, ReadOnlySpan<byte> contentHash, PixelSize size, double aspect)
    {
        var random = new SplitMix64(BinaryPrimitives.ReadUInt64LittleEndian(contentHash) ^ new SplitMix64(augmentation.Seed).Next()
            ^ new SplitMix64(~(ulong)view.Index).Next());
        var mirrored = random.NextDouble() < augmentation.MirrorProbability;
        var brightness = (float)random.Between(1 - augmentation.Brightness, 1 + augmentation.Brightness);
        var contrast = (float)random.Between(1 - augmentation.Contrast, 1 + augmentation.Contrast);
        var saturation = (float)random.Between(1 - augmentation.Saturation, 1 + augmentation.Saturation);
        var part = DrawPart(random, augmentation, size, aspect);
        // Drawn last, so that views without them are what they were before there was such a thing.
        var angle = random.Between(-augmentation.Rotation, augmentation.Rotation);
        var erased = random.NextDouble() < augmentation.ErasingProbability ? DrawErased(random, augmentation.MaxErased) : (Erasure?)null;
        return new RandomView(part, mirrored, brightness, contrast, saturation, angle, erased);
    }

    private static Erasure DrawErased(SplitMix64 random, double most)
    {
        var area = random.Between(LeastErased * most, most);
        var stretch = random.Between(1, MaxErasedStretch);
        var ratio = random.NextDouble() < 0.5 ? stretch : 1 / stretch;
        // What would be longer than the picture is as long as the picture, and wider instead.
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
            // A very long picture may have no part of that area and shape: then the largest of that shape.
            var fit = Math.Min(size.Width / (double)Math.Max(1, width), size.Height / (double)Math.Max(1, height));
            (width, height) = (Math.Clamp((int)(width * fit), 1, size.Width), Math.Clamp((int)(height * fit), 1, size.Height));
        }
        return new PixelBox(random.Below(size.Width - width + 1), random.Below(size.Height - height + 1), width, height);
    }
}

/// <summary>A rectangle that is covered, in shares of the picture's width and height.</summary>
internal readonly record struct Erasure(double Left, double Top, double Width, double Height)
{
    /// <summary>In whole pixels of a picture; at least one.</summary>
    public PixelBox In(int width, int height)
    {
        var (left, top) = ((int)(Left * width), (int)(Top * height));
        return new PixelBox(left, top, Math.Clamp((int)Math.Round(Width * width), 1, width - left),
            Math.Clamp((int)Math.Round(Height * height), 1, height - top));
    }
}
