namespace CaptionTL.Datasets;

/// <summary>Pictures that a network takes for nearly the same, by id: mirrored, cropped, compressed again, or the next frame.</summary>
/// <param name="Similarity">Every picture of the group is at least this similar to another one of it; 1 is the same.</param>
/// <param name="Ids">At least two, in the data set's order.</param>
/// <param name="AcrossSplits">They are in different official splits.</param>
/// <param name="AcrossClasses">They have different labels. False where pictures have captions.</param>
public sealed record NearDuplicateGroup(double Similarity, IReadOnlyList<string> Ids, bool AcrossSplits, bool AcrossClasses);
