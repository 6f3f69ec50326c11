namespace CaptionTL;

/// <summary>What a model says of one picture.</summary>
/// <param name="Captions">Best first; at least one.</param>
public sealed record CaptionResult(IReadOnlyList<Caption> Captions)
{
    /// <summary>The best caption as a sentence.</summary>
    public string Text => Captions[0].Text;
}
