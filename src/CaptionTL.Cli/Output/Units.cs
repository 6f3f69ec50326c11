using System.Globalization;

namespace CaptionTL.Cli.Output;

/// <summary>Sizes, times and rates as people read them.</summary>
internal static class Units
{
    /// <summary>1.5 GiB, 12 KiB, 7 B.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < units.Length - 1) (value, unit) = (value / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 100 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.0", CultureInfo.InvariantCulture))} {units[unit]}");
    }

    /// <summary>Reads "500MB", "1.5 GiB", "2g" or plain bytes; decimal units count in thousands, KiB and the like in 1024. Null for anything else.</summary>
    public static long? ParseBytes(string text)
    {
        text = text.Trim().ToLowerInvariant();
        var unit = text.TrimStart("0123456789.".ToCharArray());
        if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        double? factor = unit.Trim() switch
        {
            "" or "b" => 1,
            "k" or "kb" => 1e3, "m" or "mb" => 1e6, "g" or "gb" => 1e9, "t" or "tb" => 1e12,
            "kib" => 1L << 10, "mib" => 1L << 20, "gib" => 1L << 30, "tib" => 1L << 40,
            _ => null,
        };
        return number * factor is { } bytes and < long.MaxValue ? (long)bytes : null;
    }

    /// <summary>8 s, 2 min 05 s, 1 h 20 min, 3 d 4 h.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time.TotalSeconds < 60) return Invariant($"{Math.Max(0, Math.Ceiling(time.TotalSeconds)):0} s").Replace("60 s", "1 min", StringComparison.Ordinal);
        if (time.TotalHours < 1) return Invariant($"{time.Minutes} min {time.Seconds:00} s");
        return time.TotalDays < 1 ? Invariant($"{time.Hours} h {time.Minutes:00} min") : Invariant($"{time.Days} d {time.Hours} h");
    }

    /// <summary>Three significant digits or so: 0.42, 3.1, 41.3, 1200.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
