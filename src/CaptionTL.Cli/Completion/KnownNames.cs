using System.CommandLine.Completions;
using CaptionTL.Backbones;
using CaptionTL.Models;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Completion;

/// <summary>Names that exist, for shells to offer as values; found without opening anything large.</summary>
internal static class KnownNames
{
    public static IEnumerable<string> Plans(CompletionContext _) => PlanPresets.All.Select(p => p.Name);

    /// <summary>Published weights.</summary>
    public static IEnumerable<string> Weights(CompletionContext _) => BackboneRegistry.All.SelectMany(e => e.Weights).Select(w => w.Name);

    /// <summary>Architectures and published weights.</summary>
    public static IEnumerable<string> Backbones(CompletionContext context) => BackboneRegistry.All.Select(e => e.Architecture).Concat(Weights(context));

    /// <summary>Installed model bundles.</summary>
    public static IEnumerable<string> Bundles(CompletionContext _) => InstalledModels.All.Select(p => Path.GetFileNameWithoutExtension(p));
}
