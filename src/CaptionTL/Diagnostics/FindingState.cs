namespace CaptionTL.Diagnostics;

/// <summary>Whether something on this machine is as it should be.</summary>
public enum FindingState
{
    Good,

    /// <summary>Works, but slower or with less than could be had.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Problem,
}
