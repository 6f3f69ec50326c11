namespace CaptionTL.Evaluation;

/// <summary>How varied a set of generated captions is. A decoder that ignores its pictures writes the same few captions for all of them.</summary>
/// <param name="Captions">How many there are.</param>
/// <param name="Distinct">How many different ones.</param>
/// <param name="WordsUsed">Distinct words in them.</param>
/// <param name="MostFrequent">The caption written most often, its words joined by blanks.</param>
/// <param name="MostFrequentCount">How often.</param>
public sealed record CaptionDiversity(int Captions, int Distinct, int WordsUsed, string MostFrequent, int MostFrequentCount)
{
    /// <summary>
    /// Below this share of distinct captions <see cref="IsCollapsed"/> is true: every caption is used for more than twenty pictures
    /// on average, which no decoder that uses its pictures does on photos of different things.
    /// </summary>
    public const double CollapseThreshold = 0.05;

    /// <summary>Fewer captions than this say nothing about collapse.</summary>
    public const int FewestForAlarm = 50;

    /// <summary>0 to 1; 0 where there are none.</summary>
    public double DistinctShare => Captions == 0 ? 0 : (double)Distinct / Captions;

    /// <summary>True where training has gone wrong: nearly all captions are the same.</summary>
    public bool IsCollapsed => Captions >= FewestForAlarm && DistinctShare < CollapseThreshold;

    /// <param name="captions">Words of every caption.</param>
    public static CaptionDiversity Of(IEnumerable<IReadOnlyList<string>> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var caption in captions)
        {
            words.UnionWith(caption);
            var text = string.Join(' ', caption);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }
        var most = counts.Count == 0 ? new("", 0) : counts.MaxBy(c => c.Value);
        return new(counts.Values.Sum(), counts.Count, words.Count, most.Key, most.Value);
    }
}
