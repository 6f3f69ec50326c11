using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using CaptionTL.Cli.Commands;
using CaptionTL.IO;

namespace CaptionTL.Cli;

/// <summary>From the arguments of the program to an exit code.</summary>
internal static class CommandLineApp
{
    /// <summary>--json: results on standard output as JSON instead of text for people.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write results as JSON: one object, or one on each line if there are many",
        Recursive = true,
    };

    /// <summary>All commands. To add one: a class of its own in Commands, and a line here or in its group.</summary>
    public static Command CreateRoot() =>
        new CommandGroup(
            "captiontl",
            "Teaches a computer to describe and classify your own images, on an ordinary machine, by reusing a pretrained CNN.",
            "captiontl caption photo.jpg",
            "captiontl data check my-photos",
            "captiontl train --data my-photos --out runs/mine",
            "captiontl models list")
        {
            new HelpOption { Action = new HelpWithExamples() },
            new VersionOption(),
            Json,
            new CaptionCommand(),
            new DataCommand(),
            new ClassifyCommand(),
            new EmbedCommand(),
            new PlanCommand(),
            new LrFindCommand(),
            new TrainCommand(),
            new RaceCommand(),
            new EvalCommand(),
            new ModelsCommand(),
            new CacheCommand(),
            new ServeCommand(),
            new KeysCommand(),
            new DoctorCommand(),
            new CompletionCommand(),
        };

    /// <summary>Runs a command. Results go to <paramref name="output"/>, everything else to <paramref name="error"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var root = CreateRoot();
        try
        {
            if (Suggestions.TryAnswer(args, root, out var words))
            {
                foreach (var word in words) output.WriteLine(word);
                return ExitCode.Done;
            }
            var result = root.Parse(args);
            if (result.Action is ParseErrorAction wrong) return ExplainWrongUse(result, wrong, error);
            var configuration = new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            };
            return await result.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            error.WriteLine("captiontl: stopped");
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return Explain(e, error, Environment.GetEnvironmentVariable("CAPTIONTL_DEBUG") == "1");
        }
    }

    /// <summary>Says what is wrong with the command line; if only a command is missing, shows the help, which lists them.</summary>
    private static int ExplainWrongUse(ParseResult result, ParseErrorAction action, TextWriter error)
    {
        var isGroup = result.CommandResult.Command.Subcommands.Count > 0;
        var onlyIncomplete = isGroup && result.UnmatchedTokens.Count == 0;
        (action.ShowHelp, action.ShowTypoCorrections) = (onlyIncomplete, isGroup);
        using var text = new StringWriter();
        result.Invoke(new() { Output = text, Error = text });
        var lines = text.ToString().Trim().ReplaceLineEndings("\n").Split('\n');
        // "Required command was not provided.": the help says it better, and another error matters more.
        bool IsNoise(string line) => isGroup && line.StartsWith("Required command", StringComparison.Ordinal);
        if (onlyIncomplete) lines = [.. lines[1..].SkipWhile(line => line.Length == 0)];
        else lines = [.. lines.Where(line => line.Length > 0 && !IsNoise(line)), $"See: {PathOf(result.CommandResult)} --help"];
        foreach (var line in lines) error.WriteLine(line);
        return ExitCode.WrongUse;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;

    /// <summary>Explains a failure to the person who reads it.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="debug">Whether to add the stack trace.</param>
    /// <returns>The exit code.</returns>
    internal static int Explain(Exception e, TextWriter error, bool debug)
    {
        error.WriteLine(e switch
        {
            CaptionTLException or IOException or UnauthorizedAccessException => $"captiontl: {e.Message}",
            _ => $"captiontl: unexpected {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}" + Environment.NewLine +
                "This is a bug in captiontl. Please report it with the command you ran" +
                (debug ? " and the lines below." : " and what it prints with CAPTIONTL_DEBUG=1 set."),
        });
        if (debug) error.WriteLine(e);
        return e is CaptionTLException { IsInput: true } ? ExitCode.WrongUse : ExitCode.Failed;
    }
}

/// <summary>Exit codes of the program. Scripts rely on these numbers: they do not change.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something failed: disk full, download interrupted, a bug in the program.</summary>
    public const int Failed = 1;

    /// <summary>Wrong use or bad input: the user has to change something.</summary>
    public const int WrongUse = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM, as shells number it.</summary>
    public const int Interrupted = 130;
}
