using CaptionTL.Images;

namespace CaptionTL.Datasets.Shapes;

/// <summary>One shape, or two that stand beside or above each other, before a pale background with some noise.</summary>
/// <param name="Shapes">One or two; of two, the first is the left or the upper one.</param>
/// <param name="Stacked">Two shapes: above each other rather than beside.</param>
/// <param name="Background">Its grey, 0 to 255.</param>
/// <param name="NoiseSeed">Of the noise.</param>
internal sealed record ShapeScene(IReadOnlyList<Shape> Shapes, bool Stacked, byte Background, ulong NoiseSeed)
{
    /// <param name="random">Decides everything.</param>
    /// <param name="kind">The only shape; one or two of any kind when null.</param>
    public static ShapeScene Draw(SplitMix64 random, ShapeKind? kind = null)
    {
        var background = (byte)random.Between(205, 250);
        if (kind is not null || random.Below(3) == 0)
            return new ShapeScene([Shape(random, kind, random.Between(0.4, 0.6), random.Between(0.4, 0.6), 1)], false, background,
                random.Next());
        var stacked = random.Below(2) == 0;
        var (near, far, across) = (random.Between(0.24, 0.3), random.Between(0.7, 0.76), random.Between(0.4, 0.6));
        var first = Shape(random, null, stacked ? across : near, stacked ? near : across, 0.62);
        var second = Shape(random, null, stacked ? across : far, stacked ? far : across, 0.62);
        return new ShapeScene([first, second], stacked, background, random.Next());
    }

    private static Shape Shape(SplitMix64 random, ShapeKind? kind, double x, double y, double scale)
    {
        var large = random.Below(2) == 0;
        return new Shape(
            kind ?? (ShapeKind)random.Below(Enum.GetValues<ShapeKind>().Length), ShapeColour.All[random.Below(ShapeColour.All.Count)],
                large, x, y,
            scale * (large ? random.Between(0.3, 0.36) : random.Between(0.15, 0.19)), random.Between(-0.25, 0.25));
    }
}

/// <summary>One drawn shape; lengths in shares of the image's side.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Colour">Its name.</param>
/// <param name="Large">Or small.</param>
/// <param name="X">Of its middle, from the left.</param>
/// <param name="Y">Of its middle, from the top.</param>
/// <param name="Radius">From its middle to its outermost point.</param>
/// <param name="Turn">Radians.</param>
internal sealed record Shape(ShapeKind Kind, ShapeColour Colour, bool Large, double X, double Y, double Radius, double Turn)
{
    /// <summary>Whether a point lies within.</summary>
    public bool Covers(double x, double y)
    {
        var (dx, dy) = ((x - X) / Radius, (y - Y) / Radius);
        var (sin, cos) = (Math.Sin(Turn), Math.Cos(Turn));
        (dx, dy) = (dx * cos + dy * sin, dy * cos - dx * sin);
        var distance = Math.Sqrt(dx * dx + dy * dy);
        return Kind switch
        {
            ShapeKind.Circle => distance <= 1,
            ShapeKind.Square => Math.Max(Math.Abs(dx), Math.Abs(dy)) <= Math.Sqrt(0.5),
            // Edges of the regular triangle lie half a radius from the middle.
            ShapeKind.Triangle => dy <= 0.5 && Math.Abs(dx) * Math.Sqrt(3) - dy <= 1,
            ShapeKind.Star => distance <= StarEdge(Math.Atan2(dx, -dy)),
            _ => Math.Max(Math.Abs(dx), Math.Abs(dy)) <= 0.9 && Math.Min(Math.Abs(dx), Math.Abs(dy)) <= 0.28,
        };
    }

    // Radius of a five-pointed star's edge in a direction: straight from each point (1) to the dent beside it (0.4).
    private static double StarEdge(double angle)
    {
        const double Dent = 0.4, Sector = Math.PI / 5;
        var within = Math.Abs(Math.IEEERemainder(angle, 2 * Sector));
        return Dent * Math.Sin(Sector) / (Math.Sin(Sector - within) * Dent + Math.Sin(within));
    }
}

/// <summary>A colour with its name.</summary>
internal sealed record ShapeColour(string Name, byte Red, byte Green, byte Blue)
{
    public static IReadOnlyList<ShapeColour> All { get; } =
    [
        new("red", 214, 48, 49), new("blue", 39, 94, 212), new("green", 46, 160, 67), new("yellow", 240, 200, 30),
            new("purple", 136, 71, 186), new("black", 30, 30, 34),
    ];
}

/// <summary>What is drawn.</summary>
public enum ShapeKind
{
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
}
