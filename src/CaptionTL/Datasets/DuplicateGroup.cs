namespace CaptionTL.Datasets;

/// <summary>Pictures with the same bytes, by id.</summary>
/// <param name="Sha256">Of their content.</param>
/// <param name="Ids">At least two.</param>
/// <param name="AcrossSplits">They are in different official splits.</param>
/// <param name="AcrossClasses">They have different labels, of which one at most is right. False where pictures have captions.</param>
public sealed record DuplicateGroup(string Sha256, IReadOnlyList<string> Ids, bool AcrossSplits, bool AcrossClasses = false);
