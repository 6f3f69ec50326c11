using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>A command that only holds others.</summary>
internal class CommandGroup(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that help shows.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
