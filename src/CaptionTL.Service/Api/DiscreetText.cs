using System.Text.RegularExpressions;

namespace CaptionTL.Service.Api;

/// <summary>Texts of the library for people who are elsewhere: of a path only the last name is left, so that nothing is told of the machine.</summary>
internal static partial class DiscreetText
{
    public static string Of(string text) => Folders().Replace(text, "");

    // The folders of an absolute path, but not of an address (http://…), nor a fraction (1/2) or "and/or".
    [GeneratedRegex(@"(?<![\w:/.])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:*?""'<>|,;!]+[\\/])+")]
    private static partial Regex Folders();
}
