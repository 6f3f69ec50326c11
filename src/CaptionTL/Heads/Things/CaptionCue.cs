namespace CaptionTL.Heads.Things;

/// <summary>What a caption is told before it is written.</summary>
/// <param name="Beginning">Its first words, as indices into the vocabulary.</param>
/// <param name="Banned">Words that it may not use.</param>
/// <param name="Probability">That the picture shows what the beginning names; stands as the probability of the beginning's last word.</param>
internal sealed record CaptionCue(IReadOnlyList<int> Beginning, IReadOnlyList<int> Banned, double Probability)
{
    /// <summary>The word at a place of the beginning, with its log probability; null behind the beginning.</summary>
    public (int Word, float LogProbability)? At(int place) =>
        place >= Beginning.Count ? null : (Beginning[place], place == Beginning.Count - 1 ? (float)Math.Log(Probability) : 0);
}
