namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models …</summary>
internal sealed class ModelsCommand : CommandGroup
{
    public ModelsCommand() : base("models", "Pretrained weights: what there is, what is in a file, fetching them ahead of time")
    {
        Add(new ModelsListCommand());
        Add(new ModelsSummaryCommand());
        Add(new ModelsInspectCommand());
        Add(new ModelsPullCommand());
        Add(new ModelsVerifyCommand());
        Add(new ModelsExportCommand());
    }
}
