using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>What the browser tells of a picture that was dropped, pasted, chosen or photographed.</summary>
/// <param name="Name">File name.</param>
/// <param name="Preview">blob: address of what is sent, upright.</param>
/// <param name="Width">Of the preview, pixels.</param>
/// <param name="Height">Of the preview, pixels.</param>
/// <param name="ScaledFrom">"4000 × 3000" where the browser made it smaller.</param>
/// <param name="Problem">Why it cannot be sent.</param>
/// <param name="Kept">Number under which the browser keeps it; null where it does not.</param>
public sealed record PickedPicture(string Name, string? Preview, int Width, int Height, string? ScaledFrom, string? Problem, int? Kept = null)
{
    /// <summary>Larger files are refused before they are sent, bytes.</summary>
    public const int LargestFile = 32 * 1024 * 1024;

    /// <summary>The file itself; empty where there is a problem.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>Name under which drafts.js keeps a field that belongs to the picture; null where the picture will not come back either.</summary>
    public string? Draft(string field) => Kept is { } id ? $"{field}-{id}" : null;
}
