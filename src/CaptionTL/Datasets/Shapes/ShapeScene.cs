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
            return new ShapeScene([Shape(random, kind, random.Between(0.4, 0.6), random.Between(0.4, 0.6), 1)], false, background, random.Next());
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
            kind ?? (ShapeKind)random.Below(Enum.GetValues<ShapeKind>().Length), ShapeColour.All[random.Below(ShapeColour.All.Count)], large, x, y,
            scale * (large ? random.Between(0.3, 0.36) : random.Between(0.15, 0.19)), random.Between(-0.25, 0.25));
    }
}
