using System.CommandLine;
using CaptionTL.Cli.Completion;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl plan show NAME: a plan as a file, to be edited and passed back.</summary>
internal sealed class PlanShowCommand : CliCommand
{
    private readonly Argument<string> _plan = new("PLAN") { Description = "Named plan, or a plan file", HelpName = "PLAN", CompletionSources = { KnownNames.Plans } };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a value of the plan, for instance phases[0].epochs=5", HelpName = "PATH=VALUE" };

    public PlanShowCommand() : base(
        "show", "Print a plan as a file; 'captiontl train --plan FILE' carries it out",
        "captiontl plan show features+svm", "captiontl plan show warmup+finetune --set phases[1].unfreeze=last:4")
    {
        Add(_plan);
        Add(_set);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var plan = PlanFile.With(PlanFile.Open(run.Get(_plan)), run.Get(_set) ?? []);
        // The file is JSON already: the same with --json.
        run.Output.Text.Write(PlanFile.Write(plan));
        return Task.FromResult(ExitCode.Done);
    }
}
