namespace CaptionTL.Datasets.Shapes;

/// <summary>A colour with its name.</summary>
internal sealed record ShapeColour(string Name, byte Red, byte Green, byte Blue)
{
    public static IReadOnlyList<ShapeColour> All { get; } =
    [
        new("red", 214, 48, 49), new("blue", 39, 94, 212), new("green", 46, 160, 67), new("yellow", 240, 200, 30), new("purple", 136, 71, 186), new("black", 30, 30, 34),
    ];
}
