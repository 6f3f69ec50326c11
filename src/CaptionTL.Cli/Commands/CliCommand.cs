using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.IO;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>
/// A command with its options. A derived class declares its options as fields, passes them to <see cref="Accept"/> in its constructor, and
/// does its work in <see cref="RunAsync"/>: results through <see cref="CommandRun.Output"/>, failures as
/// <see cref="CaptionTLException"/>.
/// </summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, params string[] examples) : base(name, description)
    {
        Examples = examples;
        SetAction((result, cancellationToken) => RunAsync(new CommandRun(result, cancellationToken)));
    }

    /// <summary>Command lines that the help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <returns>A number of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(CommandRun run);

    /// <summary>Adds arguments and options, in the order of the help.</summary>
    protected void Accept(params IEnumerable<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) Add(argument);
            else Add((Option)symbol);
        }
    }
}

/// <summary>A command that only holds others.</summary>
internal class CommandGroup(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that the help shows.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>One run of a command: the values of its options, where results and progress go, and whether to stop.</summary>
internal sealed class CommandRun(ParseResult result, CancellationToken cancellationToken)
{
    /// <summary>Standard output.</summary>
    public ResultWriter Output { get; } = new(result.InvocationConfiguration.Output, result.GetValue(CommandLineApp.Json));

    /// <summary>Standard error.</summary>
    public TextWriter Error => result.InvocationConfiguration.Error;

    /// <summary>
    /// Cancelled by Ctrl-C: finish the step, save, and throw <see cref="OperationCanceledException"/> or return
    /// <see cref="ExitCode.Interrupted"/>.
    /// </summary>
    public CancellationToken CancellationToken => cancellationToken;

    public T? Get<T>(Option<T> option) => result.GetValue(option);

    public T Get<T>(Argument<T> argument) => result.GetRequiredValue(argument);

    /// <summary>A view of long work on standard error; dispose it before writing results.</summary>
    public ProgressView Progress() => ProgressView.Create(Error);
}

/// <summary>Shows the library's progress; called on the reporting thread, so that nothing is shown out of order.</summary>
internal sealed class RunProgressForwarder(ProgressView view) : IProgress<RunProgress>
{
    public void Report(RunProgress value)
    {
        if (value.Message is { } message) view.Message(message);
        var fields = value.Forecast is { } forecast ? value.Fields.Append(("training", TimeLeft(forecast))) : value.Fields;
        view.Report(value.Phase, value.Done, value.Total > 0 ? value.Total : null, value.Unit, [.. fields]);
    }

    private static string TimeLeft(RunForecast forecast) =>
        $"{Units.Duration(forecast.PhaseLeft)} left{string.Concat(forecast.Later.Select(phase => $", then {phase}"))}";
}
