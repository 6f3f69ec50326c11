using System.CommandLine;
using CaptionTL.Service;

namespace CaptionTL.Cli.Commands;

/// <summary>--data DIR, for the commands about the service.</summary>
internal sealed class DataFolderOption : Option<string?>
{
    public DataFolderOption() : base("--data")
    {
        Description = "Folder of everything the service keeps [default: service in CAPTIONTL_HOME or the user's cache folder]";
        HelpName = "DIR";
    }

    public ServiceOptions Resolve(CommandRun run)
    {
        var options = new ServiceOptions();
        if (run.Get(this) is { } folder) options.Data = folder;
        options.Data = options.In();
        return options;
    }
}
