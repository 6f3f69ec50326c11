namespace CaptionTL.Diagnostics;

/// <summary>Something looked at on this machine.</summary>
/// <param name="Name">"matrix products".</param>
/// <param name="State">Whether it is as it should be.</param>
/// <param name="Value">What was found.</param>
/// <param name="Hint">What to do about it; null where nothing needs doing.</param>
public sealed record Finding(string Name, FindingState State, string Value, string? Hint = null);
