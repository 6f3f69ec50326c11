namespace CaptionTL.Cli.Commands;

/// <summary>captiontl data …</summary>
internal sealed class DataCommand : CommandGroup
{
    public DataCommand() : base("data", "Data sets of pictures with captions or classes")
    {
        Add(new DataCheckCommand());
        Add(new DataGenerateCommand());
    }
}
