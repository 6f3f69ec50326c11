namespace CaptionTL.Datasets;

/// <summary>What a search for nearly equal pictures found.</summary>
/// <param name="Backbone">The network that compared them.</param>
/// <param name="Threshold">Least similarity of two pictures that count as nearly equal.</param>
/// <param name="Groups">Those across splits first, then the most similar first.</param>
public sealed record NearDuplicateReport(string Backbone, double Threshold, IReadOnlyList<NearDuplicateGroup> Groups)
{
    /// <summary>Groups of which one picture is trained on and another scored: the score then flatters.</summary>
    public int AcrossSplits => Groups.Count(g => g.AcrossSplits);

    /// <summary>Groups with different labels.</summary>
    public int AcrossClasses => Groups.Count(g => g.AcrossClasses);
}
