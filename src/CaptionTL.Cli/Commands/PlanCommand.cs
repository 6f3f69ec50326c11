namespace CaptionTL.Cli.Commands;

/// <summary>captiontl plan: the ways of reusing a network.</summary>
internal sealed class PlanCommand : CommandGroup
{
    public PlanCommand() : base("plan", "Show the plans: ways of reusing a pretrained network, as files to be edited", "captiontl plan list", "captiontl plan show warmup+finetune")
    {
        Add(new PlanListCommand());
        Add(new PlanShowCommand());
    }
}
