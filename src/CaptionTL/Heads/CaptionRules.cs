using CaptionTL.Heads.Things;
using CaptionTL.Text;

namespace CaptionTL.Heads;

/// <summary>What is known of good captions besides the decoder.</summary>
/// <param name="Things">Holds captions against the pretrained network's own classes; null where these are not at hand.</param>
/// <param name="InnerWords">Ids of words after which no caption ends (see <see cref="CaptionEndings"/>).</param>
internal sealed record CaptionRules(ThingCheck? Things, IReadOnlySet<int> InnerWords)
{
    public static CaptionRules None { get; } = new(null, new HashSet<int>());

    /// <summary>Words that the decoder cannot write are left out.</summary>
    public static CaptionRules Of(ThingCheck? things, Vocabulary vocabulary, IEnumerable<string>? innerWords) =>
        new(things, (innerWords ?? []).Where(vocabulary.Contains).Select(vocabulary.IdOf).ToHashSet());
}
