using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>
/// A command with its options. A class of this kind declares its options as fields, adds them in its constructor, and does its work in
/// <see cref="RunAsync"/>: results through <see cref="CommandRun.Output"/>, failures as <see cref="CaptionTLException"/>.
/// </summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, params string[] examples) : base(name, description)
    {
        Examples = examples;
        SetAction((result, cancellationToken) => RunAsync(new CommandRun(result, cancellationToken)));
    }

    /// <summary>Command lines that help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <returns>A number of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(CommandRun run);
}
