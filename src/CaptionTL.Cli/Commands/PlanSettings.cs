using System.CommandLine;
using CaptionTL.Cli.Completion;
using CaptionTL.Datasets;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Commands;

/// <summary>The options that say which plan is carried out and what is different in it.</summary>
internal sealed class PlanSettings
{
    private readonly Option<string?> _plan = new("--plan") { Description = $"Named plan or plan file ('captiontl plan list') [default: {PlanPresets.UsualFor("caption")} for captions, {PlanPresets.UsualFor("classify")} for classes]", HelpName = "NAME|FILE", CompletionSources = { KnownNames.Plans } };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a value of the plan, for instance phases[0].epochs=5", HelpName = "PATH=VALUE" };
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Pretrained weights to build on [default: the plan's]", HelpName = "WEIGHTS", CompletionSources = { KnownNames.Weights } };
    private readonly Option<int?> _views = new("--views") { Description = "Augmented versions of every picture kept in the cache [default: the plan's]" };
    private readonly Option<int?> _size = new("--size") { Description = "Width and height of the pictures in pixels [default: the plan's]" };
    private readonly Option<long?> _seed = new("--seed") { Description = "Of everything random [default: the plan's]" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_plan, _set, _backbone, _views, _size, _seed]) command.Add(option);
    }

    /// <param name="data">The data set: says whether a captioner or a classifier is meant where no plan is named.</param>
    /// <exception cref="CaptionTLException">There is no such plan, or a value is out of range.</exception>
    public TransferPlan Resolve(CommandRun run, string data)
    {
        var plan = PlanFile.Open(run.Get(_plan) ?? PlanPresets.UsualFor(DatasetReader.Open(data).Task));
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
