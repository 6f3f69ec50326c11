using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli;

/// <summary>System.CommandLine's help, then the command's examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new() { MaxWidth = 110 };

    // --help answers also where the rest of the line is incomplete.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var text = new StringWriter { NewLine = "\n" };
        parseResult.InvocationConfiguration.Output = text;
        _help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.WriteLine(text.ToString().TrimEnd());

        var examples = parseResult.CommandResult.Command switch
        {
            CliCommand command => command.Examples,
            CommandGroup group => group.Examples,
            _ => [],
        };
        if (examples.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (var example in examples) output.WriteLine($"  {example}");
        }
        return ExitCode.Done;
    }
}
