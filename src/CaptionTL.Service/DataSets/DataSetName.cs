using System.Text.RegularExpressions;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.DataSets;

/// <summary>Names of data sets: chosen by people, used as folders, hence few characters.</summary>
internal static partial class DataSetName
{
    /// <summary>Words that stand for something else in the API's addresses.</summary>
    private static readonly string[] Taken = ["uploads"];

    /// <exception cref="ApiException">No name, or one with other characters.</exception>
    public static string Check(string? name) => name is not null && IsValid(name)
        ? name
        : throw ApiException.Invalid(string.IsNullOrEmpty(name) ? "The data set has no name." : "This cannot be the name of a data set.",
            "Names have up to 64 of the characters a-z, 0-9, dot, hyphen and underscore, and begin and end with a letter or digit: flowers-2026.");

    public static bool IsValid(string name) => Pattern().IsMatch(name) && !Taken.Contains(name);

    /// <summary>"flowers@3" as "flowers" and 3; no version where none is named.</summary>
    public static (string Name, int? Version) Parse(string reference)
    {
        var at = reference.LastIndexOf('@');
        if (at < 0) return (reference, null);
        return int.TryParse(reference.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var version)
            ? (reference[..at], version)
            : (reference, null);
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
