namespace CaptionTL.Datasets.Shapes;

/// <summary>One drawn shape; lengths in shares of the picture's side.</summary>
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
