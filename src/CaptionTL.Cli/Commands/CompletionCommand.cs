using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text.RegularExpressions;
using CaptionTL.Backbones;
using CaptionTL.Models;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl completion SHELL: the script that lets a shell complete command lines.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or powershell", HelpName = "SHELL" };

    public CompletionCommand() : base(
        "completion", "Print a script for tab completion in a shell: of commands, options, and the names of plans, weights and models",
        "captiontl completion bash > ~/.local/share/bash-completion/completions/captiontl",
        "captiontl completion zsh > ~/.zfunc/_captiontl",
        "captiontl completion fish > ~/.config/fish/completions/captiontl.fish",
        "captiontl completion powershell | Out-String | Invoke-Expression")
    {
        _shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        Accept(_shell);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var shell = run.Get(_shell);
        var script = CompletionScripts.Read(shell);
        run.Output.Write(new { Shell = shell, Script = script }, text => text.Write(script));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>The scripts in the folder Completion: each asks the program itself what fits, through <see cref="Suggestions"/>.</summary>
internal static class CompletionScripts
{
    private static readonly Dictionary<string, string> Endings =
        new() { ["bash"] = "bash", ["zsh"] = "zsh", ["fish"] = "fish", ["powershell"] = "ps1" };

    public static IReadOnlyCollection<string> Shells => Endings.Keys;

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    public static string Read(string shell)
    {
        using var stream = typeof(CompletionScripts).Assembly.GetManifestResourceStream($"captiontl.{Endings[shell]}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>Names that exist, for shells to offer as values; found without opening anything large.</summary>
internal static class KnownNames
{
    public static IEnumerable<string> Plans(CompletionContext _) => PlanPresets.All.Select(p => p.Name);

    /// <summary>Published weights.</summary>
    public static IEnumerable<string> Weights(CompletionContext _) => BackboneRegistry.All.SelectMany(e => e.Weights).Select(w => w.Name);

    /// <summary>Architectures and published weights.</summary>
    public static IEnumerable<string> Backbones(CompletionContext context) =>
        BackboneRegistry.All.Select(e => e.Architecture).Concat(Weights(context));

    /// <summary>Installed model bundles.</summary>
    public static IEnumerable<string> Bundles(CompletionContext _) => InstalledModels.All.Select(p => Path.GetFileNameWithoutExtension(p));
}

/// <summary>
/// Answers <c>[suggest:POSITION] LINE</c>, by which a shell asks what fits at a position of a command line. System.CommandLine has a
/// directive of this form, but only in a RootCommand, which is named after the program's file, and it fails on --option=VALUE.
/// </summary>
internal static partial class Suggestions
{
    private const int MostCharacters = 1 << 16;

    /// <summary>Whether the program was started by a shell to complete a command line; then <paramref name="words"/> fit there.</summary>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="root">All commands.</param>
    /// <param name="words">What fits, except names of files, which the shell completes itself.</param>
    public static bool TryAnswer(string[] args, Command root, out IReadOnlyList<string> words)
    {
        words = [];
        if (args is not [var directive, var line] || Directive().Match(directive) is not { Success: true } match) return false;
        if (int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && position <= MostCharacters) words = At(root, line, position);
        return true;
    }

    private static IReadOnlyList<string> At(Command root, string line, int position)
    {
        // PowerShell omits spaces before the cursor.
        var before = line.PadRight(position)[..position];
        var start = before.LastIndexOf(' ') + 1;
        var word = before[start..];
        if (word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            before = $"{before[..(start + equals)]} {word[(equals + 1)..]}";
            word = word[(equals + 1)..];
        }
        var result = root.Parse(before);
        // System.CommandLine returns all that contains the word.
        var typed = word.TrimStart('"', '\'');
        List<string> all = [.. result.GetCompletions(position).Select(c => c.InsertText ?? c.Label)
            .Where(c => !IsShortForm(c) && c.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal)];
        if (word.StartsWith('-')) return all;
        List<string> others = [.. all.Where(c => !c.StartsWith('-'))];
        // Options are only offered without a leading dash where nothing else can stand.
        return others.Count > 0 || result.CommandResult.Command.Arguments.Count > 0 ? others : all;
    }

    // -h and -? beside --help; Windows's /h and /?.
    private static bool IsShortForm(string word) => word.Length == 2 && word[0] is '-' or '/';

    [GeneratedRegex(@"^\[suggest:([0-9]+)\]$")]
    private static partial Regex Directive();
}
