using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CaptionTL.Cli.Completion;

/// <summary>
/// What a shell asks with <c>[suggest:POSITION] LINE</c>, the words of System.CommandLine's directive: which words fit at a position of a
/// command line. The directive itself belongs to a RootCommand, whose name is that of the program's file, and fails on --option=VALUE.
/// </summary>
internal static partial class Suggestions
{
    private const int MostCharacters = 1 << 16;

    /// <summary>Whether a shell asks; if so, <paramref name="words"/> fit.</summary>
    /// <param name="args">Of the program.</param>
    /// <param name="root">The command line's commands.</param>
    /// <param name="words">What fits, without what is left to the shell: names of files.</param>
    public static bool TryAnswer(string[] args, Command root, out IReadOnlyList<string> words)
    {
        words = [];
        if (args is not [var directive, var line] || Directive().Match(directive) is not { Success: true } match) return false;
        if (int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position <= MostCharacters) words = At(root, line, position);
        return true;
    }

    private static IReadOnlyList<string> At(Command root, string line, int position)
    {
        // PowerShell leaves out the spaces before the cursor.
        var before = line.PadRight(position)[..position];
        var start = before.LastIndexOf(' ') + 1;
        var word = before[start..];
        if (word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            before = $"{before[..(start + equals)]} {word[(equals + 1)..]}";
            word = word[(equals + 1)..];
        }
        var result = root.Parse(before);
        // System.CommandLine gives what contains the word.
        var typed = word.TrimStart('"', '\'');
        List<string> all = [.. result.GetCompletions(position).Select(c => c.InsertText ?? c.Label).Where(c => !IsShortForm(c) && c.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal)];
        if (word.StartsWith('-')) return all;
        List<string> others = [.. all.Where(c => !c.StartsWith('-'))];
        // Options without being asked for only where nothing else can stand.
        return others.Count > 0 || result.CommandResult.Command.Arguments.Count > 0 ? others : all;
    }

    // -h and -? beside --help; Windows's /h and /?.
    private static bool IsShortForm(string word) => word.Length == 2 && word[0] is '-' or '/';

    [GeneratedRegex(@"^\[suggest:([0-9]+)\]$")]
    private static partial Regex Directive();
}
