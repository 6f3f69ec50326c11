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
        var background = new ShapeColour("background", scene.Background, scene.Background, scene.Background);
        for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++)
            {
                var (red, green, blue) = Mean(scene.Shapes, background, x, y, side);
                var noise = random.Below(2 * Noise + 1) - Noise;
                var at = 3 * (y * side + x);
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (Byte(red + noise), Byte(green + noise), Byte(blue + noise));
            }
        return new RgbImage(side, side, pixels);
    }

    private static (double Red, double Green, double Blue) Mean(IReadOnlyList<Shape> shapes, ShapeColour background, int x,
        int y, int side)
    {
        var (red, green, blue) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Samples * Samples; i++)
        {
            var (px, py) = ((x + (i % Samples + 0.5) / Samples) / side, (y + (i / Samples + 0.5) / Samples) / side);
            var colour = shapes.FirstOrDefault(s => s.Covers(px, py))?.Colour ?? background;
            (red, green, blue) = (red + colour.Red, green + colour.Green, blue + colour.Blue);
        }
        return (red / (Samples * Samples), green / (Samples * Samples), blue / (Samples * Samples));
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}

/// <summary>What can be said of a scene: sentences from a small grammar, as different people would put it.</summary>
internal static class ShapeGrammar
{
    /// <param name="scene">What is drawn.</param>
    /// <param name="count">Sentences; the same may come twice.</param>
    /// <param name="random">Chooses among the ways of saying it.</param>
    public static IReadOnlyList<string> Captions(ShapeScene scene, int count, SplitMix64 random) =>
        [.. Enumerable.Range(0, count).Select(_ => Caption(scene, random))];

    private static string Caption(ShapeScene scene, SplitMix64 random)
    {
        if (scene.Shapes.Count == 1) return One(Noun(scene.Shapes[0], random), random);
        var (first, second) = (Noun(scene.Shapes[0], random), Noun(scene.Shapes[1], random));
        var (forwards, backwards) = scene.Stacked ? ("above", "below") : ("to the left of", "to the right of");
        return random.Below(3) switch
        {
            0 => $"{Article(first)} {forwards} {Article(second)}.",
            1 => $"{Article(second)} is {backwards} {Article(first)}.",
            _ => $"there is {Article(first)} {forwards} {Article(second)}.",
        };
    }

    private static string One(string noun, SplitMix64 random) => random.Below(3) switch
    {
        0 => $"{Article(noun)}.",
        1 => $"{Article(noun)} on a pale background.",
        _ => $"there is {Article(noun)} in the middle.",
    };

    private static string Noun(Shape shape, SplitMix64 random)
    {
        var size = random.Below(3) == 0 ? "" : shape.Large ? "large " : "small ";
        return size + shape.Colour.Name + " " + shape.Kind.ToString().ToLowerInvariant();
    }

    private static string Article(string noun) => $"a {noun}";
}
