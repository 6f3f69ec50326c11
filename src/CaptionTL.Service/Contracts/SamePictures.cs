namespace CaptionTL.Service.Contracts;

/// <summary>Pictures that are the same, or nearly.</summary>
/// <param name="Pictures">At least two.</param>
/// <param name="AcrossSplits">They are in different splits.</param>
/// <param name="AcrossClasses">They have different labels, of which one at most is right.</param>
/// <param name="Similarity">Every one is at least this similar to another one of them; 1 is the same.</param>
public sealed record SamePictures(IReadOnlyList<PictureName> Pictures, bool AcrossSplits, bool AcrossClasses, double Similarity = 1);
