using System.CommandLine;
using CaptionTL.Datasets;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl plan …</summary>
internal sealed class PlanCommand : CommandGroup
{
    public PlanCommand() : base(
        "plan", "Show the plans: ways of reusing a pretrained network, as files that can be edited",
        "captiontl plan list",
        "captiontl plan show warmup+finetune")
    {
        Add(new PlanListCommand());
        Add(new PlanShowCommand());
    }
}

/// <summary>captiontl plan list: the presets.</summary>
internal sealed class PlanListCommand() : CliCommand(
    "list", "List the preset plans", "captiontl plan list", "captiontl plan list --json")
{
    private sealed record Row(string Name, string Task, string Description, TransferPlan Plan);

    protected override Task<int> RunAsync(CommandRun run)
    {
        run.Output.WriteTable(
            PlanPresets.All.Select(p => new Row(p.Name, p.Plan.Head.Task, p.Description, p.Plan)),
            "there are no preset plans",
            ("name", row => row.Name),
            ("for", row => row.Task == "caption" ? "captions" : "classes"),
            ("what it does", row => row.Description));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>captiontl plan show PLAN: a plan as a file, to be edited and passed back.</summary>
internal sealed class PlanShowCommand : CliCommand
{
    private readonly Argument<string> _plan = new("PLAN")
    {
        Description = "Preset plan or plan file", HelpName = "PLAN", CompletionSources = { KnownNames.Plans },
    };
    private readonly PlanValueOption _set = new();

    public PlanShowCommand() : base(
        "show", "Print a plan as a file; 'captiontl train --plan FILE' carries it out",
        "captiontl plan show features+svm",
        "captiontl plan show warmup+finetune --set phases[1].unfreeze=last:4") => Accept(_plan, _set);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var plan = PlanFile.With(PlanFile.Open(run.Get(_plan)), run.Get(_set) ?? []);
        run.Output.Text.Write(PlanFile.Write(plan)); // JSON in any case, with or without --json
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>--set PATH=VALUE: a change in a plan.</summary>
internal sealed class PlanValueOption : Option<string[]>
{
    public PlanValueOption() : base("--set")
    {
        Description = "Change a value of the plan, for instance phases[0].epochs=5; may be repeated";
        HelpName = "PATH=VALUE";
    }
}

/// <summary>The options that choose a plan and change values in it.</summary>
internal sealed class PlanSettings
{
    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "Preset plan or plan file; see 'captiontl plan list' [default: "
            + $"{PlanPresets.DefaultFor("caption")} for captions, {PlanPresets.DefaultFor("classify")} for classes]",
        HelpName = "NAME|FILE", CompletionSources = { KnownNames.Plans },
    };
    private readonly PlanValueOption _set = new();
    private readonly BackboneOption _backbone = new("Pretrained weights to start from [default: the plan's]");
    private readonly Option<int?> _views = new("--views")
    {
        Description = "Number of augmented versions of each image kept in the cache [default: the plan's]", HelpName = "N",
    };
    private readonly Option<int?> _size = new("--size")
    {
        Description = "Width and height of the images in pixels [default: the plan's]", HelpName = "N",
    };
    private readonly Option<long?> _seed = new("--seed")
    {
        Description = "Seed of all random numbers of the run [default: the plan's]", HelpName = "N",
    };

    public IEnumerable<Option> Options => [_plan, _set, _backbone, _views, _size, _seed];

    /// <param name="run">The values of the options.</param>
    /// <param name="data">The data set: if no plan is named, it decides between a captioner and a classifier.</param>
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
