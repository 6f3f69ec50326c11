using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl plan list: the named plans.</summary>
internal sealed class PlanListCommand() : CliCommand("list", "Show the named plans", "captiontl plan list", "captiontl plan list --json")
{
    private sealed record Row(string Name, string Task, string Description, TransferPlan Plan);

    protected override Task<int> RunAsync(CommandRun run)
    {
        run.Output.WriteTable(
            PlanPresets.All.Select(p => new Row(p.Name, p.Plan.Head.Task, p.Description, p.Plan)),
            "there are no named plans",
            ("name", row => row.Name),
            ("for", row => row.Task == "caption" ? "captions" : "classes"),
            ("what it does", row => row.Description));
        return Task.FromResult(ExitCode.Done);
    }
}
