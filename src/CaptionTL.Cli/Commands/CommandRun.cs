using System.CommandLine;
using CaptionTL.Cli.Output;

namespace CaptionTL.Cli.Commands;

/// <summary>One run of a command: the values of its options, where results and progress go, and whether to stop.</summary>
internal sealed class CommandRun(ParseResult result, CancellationToken cancellationToken)
{
    /// <summary>Standard output.</summary>
    public ResultWriter Output { get; } = new(result.InvocationConfiguration.Output, result.GetValue(CommandLineApp.Json));

    /// <summary>Standard error.</summary>
    public TextWriter Error => result.InvocationConfiguration.Error;

    /// <summary>Cancelled by Ctrl-C: finish the step, save, and throw <see cref="OperationCanceledException"/> or return <see cref="ExitCode.Interrupted"/>.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    public T? Get<T>(Option<T> option) => result.GetValue(option);

    public T Get<T>(Argument<T> argument) => result.GetRequiredValue(argument);

    /// <summary>A view of long work on standard error; dispose it before writing results.</summary>
    public ProgressView Progress() => ProgressView.Create(Error);
}
