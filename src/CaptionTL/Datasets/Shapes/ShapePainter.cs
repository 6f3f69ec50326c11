using CaptionTL.Images;

namespace CaptionTL.Datasets.Shapes;

/// <summary>Scenes to pixels, three times three samples a pixel.</summary>
internal static class ShapePainter
{
    private const int Samples = 3;
    private const int Noise = 12;

    /// <param name="scene">What is drawn.</param>
    /// <param name="side">Pixels.</param>
    public static RgbImage Paint(ShapeScene scene, int side)
    {
        var pixels = new byte[3 * side * side];
        var random = new SplitMix64(scene.NoiseSeed);
        for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++)
            {
                var (red, green, blue) = Mean(scene, x, y, side);
                var noise = random.Below(2 * Noise + 1) - Noise;
                var at = 3 * (y * side + x);
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (Byte(red + noise), Byte(green + noise), Byte(blue + noise));
            }
        return new RgbImage(side, side, pixels);
    }

    private static (double Red, double Green, double Blue) Mean(ShapeScene scene, int x, int y, int side)
    {
        var (red, green, blue) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Samples * Samples; i++)
        {
            var (px, py) = ((x + (i % Samples + 0.5) / Samples) / side, (y + (i / Samples + 0.5) / Samples) / side);
            var colour = scene.Shapes.FirstOrDefault(s => s.Covers(px, py))?.Colour ?? new ShapeColour("", scene.Background, scene.Background, scene.Background);
            (red, green, blue) = (red + colour.Red, green + colour.Green, blue + colour.Blue);
        }
        return (red / (Samples * Samples), green / (Samples * Samples), blue / (Samples * Samples));
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
