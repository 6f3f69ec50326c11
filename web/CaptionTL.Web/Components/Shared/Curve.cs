namespace CaptionTL.Web.Components.Shared;

/// <summary>A line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">From left to right.</param>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);
