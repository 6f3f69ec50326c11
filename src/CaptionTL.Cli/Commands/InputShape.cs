using System.Globalization;

namespace CaptionTL.Cli.Commands;

/// <summary>A picture's shape as a network takes it.</summary>
/// <param name="Channels">3 for colour, 1 for grey.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
internal sealed record InputShape(int Channels, int Height, int Width)
{
    /// <summary>Pictures beyond this are not made in memory to learn a shape.</summary>
    private const int Largest = 2048;

    /// <summary>Reads 3x224x224 (channels, height, width), 224x224 or 224; null for anything else.</summary>
    public static InputShape? Parse(string text)
    {
        var numbers = text.Split('x', 'X', '×').Select(part => int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= Largest ? n : 0).ToList();
        if (numbers.Contains(0)) return null;
        return numbers switch
        {
            [var size] => new(3, size, size),
            [var height, var width] => new(3, height, width),
            [var channels, var height, var width] => new(channels, height, width),
            _ => null,
        };
    }
}
