namespace CaptionTL.Service.Contracts;

/// <summary>A search for pictures that are nearly the same.</summary>
/// <param name="State">"running", "done" or "failed".</param>
/// <param name="Version">Of the data set that is or was searched.</param>
/// <param name="Similarity">Cosine similarity from which on two pictures count as nearly the same.</param>
/// <param name="Done">Pictures so far.</param>
/// <param name="Total">Pictures in all.</param>
/// <param name="Backbone">The network that compares them.</param>
/// <param name="Groups">Those across splits first, then the most similar first; null until done.</param>
/// <param name="AcrossSplits">Groups of which one picture is trained on and another scored.</param>
/// <param name="AcrossClasses">Groups with different labels.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record NearDuplicateSearch(
    string State, int Version, double Similarity, int Done, int Total, string? Backbone = null,
    IReadOnlyList<SamePictures>? Groups = null, int? AcrossSplits = null, int? AcrossClasses = null, string? Problem = null);
