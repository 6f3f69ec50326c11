using System.CommandLine;
using CaptionTL.Datasets;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl plan: the ways of reusing a network.</summary>
internal sealed class PlanCommand : CommandGroup
{
    public PlanCommand() : base("plan", "Show the plans: ways of reusing a pretrained network, as files to be edited",
        "captiontl plan list", "captiontl plan show warmup+finetune")
    {
        Add(new PlanListCommand());
        Add(new PlanShowCommand());
    }
}

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

/// <summary>captiontl plan show NAME: a plan as a file, to be edited and passed back.</summary>
internal sealed class PlanShowCommand : CliCommand
{
    private readonly Argument<string> _plan = new("PLAN") { Description = "Named plan, or a plan file", HelpName = "PLAN",
        CompletionSources = { KnownNames.Plans } };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a value of the plan, for instance phases[0].epochs=5",
        HelpName = "PATH=VALUE" };

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

/// <summary>The options that say which plan is carried out and what is different in it.</summary>
internal sealed class PlanSettings
{
    private readonly Option<string?> _plan = new("--plan") { Description = $"Named plan or plan file ('captiontl plan list') [default: "
        + $"{PlanPresets.DefaultFor("caption")} for captions, {PlanPresets.DefaultFor("classify")} for classes]", HelpName = "NAME|FILE",
        CompletionSources = { KnownNames.Plans } };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a value of the plan, for instance phases[0].epochs=5",
        HelpName = "PATH=VALUE" };
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Pretrained weights to build on [default: the plan's]",
        HelpName = "WEIGHTS", CompletionSources = { KnownNames.Weights } };
    private readonly Option<int?> _views = new("--views") { Description = "Augmented versions of every image kept in the cache "
        + "[default: the plan's]" };
    private readonly Option<int?> _size = new("--size") { Description = "Width and height of the images in pixels [default: "
        + "the plan's]" };
    private readonly Option<long?> _seed = new("--seed") { Description = "Of everything random [default: the plan's]" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_plan, _set, _backbone, _views, _size, _seed]) command.Add(option);
    }

    /// <param name="data">The data set: says whether a captioner or a classifier is meant where no plan is named.</param>
    /// <exception cref="CaptionTLException">There is no such plan, or a value is out of range.</exception>
    public TransferPlan Resolve(CommandRun run, string data)
    {
        var plan = PlanFile.Open(run.Get(_plan) ?? PlanPresets.DefaultFor(DatasetReader.Open(data).Task));
        plan = plan with
        {
            Backbone = run.Get(_backbone) ?? plan.Backbone,
            Views = run.Get(_views) ?? plan.Views,
            InputSize = run.Get(_size) ?? plan.InputSize,
            Seed = run.Get(_seed) ?? plan.Seed,
        };
        return PlanFile.With(plan, run.Get(_set) ?? []).Validated();
    }
}
