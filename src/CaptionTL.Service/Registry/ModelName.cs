using System.Globalization;
using System.Text.RegularExpressions;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.Registry;

/// <summary>Names of models: they become folders, and parts of addresses.</summary>
internal static partial class ModelName
{
    public const int MaxLength = 64;

    /// <exception cref="ApiException">It cannot be a model's name.</exception>
    public static string Check(string name) => Allowed().IsMatch(name)
        ? name
        : throw ApiException.Invalid($"'{(name.Length > 80 ? name[..80] + "…" : name)}' cannot be a model's name.", $"Use letters, digits, dots, dashes and underscores, beginning with a letter or digit; at most {MaxLength}.");

    /// <summary>"bees@3" in its parts.</summary>
    public static (string Name, int? Version) Split(string reference)
    {
        var at = reference.LastIndexOf('@');
        return at > 0 && int.TryParse(reference.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? (reference[..at], version) : (reference, null);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Allowed();
}
