using System.CommandLine;
using CaptionTL.Cli.Completion;
using CaptionTL.Models;

namespace CaptionTL.Cli.Commands;

/// <summary>--model: a bundle's path, or the name of an installed one.</summary>
internal sealed class ModelOption : Option<string?>
{
    public ModelOption() : base("--model")
    {
        Description = "Model bundle: a path, or the name of an installed one [default: the one that comes along]";
        HelpName = "BUNDLE";
        CompletionSources.Add(KnownNames.Bundles);
    }

    /// <exception cref="CaptionTLException">There is no such model.</exception>
    public string Resolve(CommandRun run) => InstalledModels.Find(run.Get(this));
}
