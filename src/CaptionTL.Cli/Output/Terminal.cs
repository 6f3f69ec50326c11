using Spectre.Console;

namespace CaptionTL.Cli.Output;

/// <summary>Whether a writer ends at a person's screen, and Spectre's console on it.</summary>
internal static class Terminal
{
    /// <summary>False for pipes, files, TERM=dumb and in tests.</summary>
    public static bool IsTerminal(TextWriter writer)
    {
        if (Environment.GetEnvironmentVariable("TERM") is "dumb" or "") return false;
        return writer == System.Console.Out && !System.Console.IsOutputRedirected || writer == System.Console.Error && !System.Console.IsErrorRedirected;
    }

    public static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });
}
