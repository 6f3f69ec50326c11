namespace CaptionTL.Backbones;

/// <summary>Numbers of channels as the MobileNet papers' reference implementation chooses them.</summary>
internal static class Channels
{
    /// <summary>To the nearest multiple of eight, at least eight and never more than a tenth below.</summary>
    public static int Round(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
