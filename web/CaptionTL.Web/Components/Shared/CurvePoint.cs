namespace CaptionTL.Web.Components.Shared;

/// <summary>A value of a curve.</summary>
/// <param name="Step">Where it stands, from the beginning of the run.</param>
/// <param name="Value">Its height.</param>
public sealed record CurvePoint(double Step, double Value);
