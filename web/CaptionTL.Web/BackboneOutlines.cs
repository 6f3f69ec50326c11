using System.Collections.Concurrent;
using CaptionTL.Backbones;

namespace CaptionTL.Web;

/// <summary>The blocks of backbones with their sizes; each is counted once, without its pretrained weights.</summary>
public sealed class BackboneOutlines
{
    private readonly ConcurrentDictionary<string, Lazy<Task<BackboneSummary>>> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="name">Weights, or an architecture.</param>
    /// <exception cref="CaptionTLException">There is no such backbone.</exception>
    public Task<BackboneSummary> OfAsync(string name)
    {
        var entry = BackboneRegistry.Find(name);
        return _known.GetOrAdd(entry.Architecture, _ => new Lazy<Task<BackboneSummary>>(() => Task.Run(() => Count(entry)))).Value;
    }

    private static BackboneSummary Count(BackboneEntry entry)
    {
        using var backbone = entry.Build(new BackboneOptions { IncludeTop = false });
        var pixels = entry.Weights.Count > 0 ? entry.Weights[0].Preprocessing : null;
        return BackboneSummary.Of(backbone, pixels?.Height ?? 224, pixels?.Width ?? 224);
    }
}
