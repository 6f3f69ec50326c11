namespace CaptionTL.Evaluation;

/// <summary>The pictures that a classifier is surest of and wrong about: mislabelled ones are mostly among them.</summary>
public static class MostWrong
{
    /// <summary>By the probability of the predicted class, highest first, then by id.</summary>
    /// <param name="pictures">Any; those with the right answer are left out.</param>
    /// <param name="count">At most so many.</param>
    public static IReadOnlyList<ClassifiedPicture> Of(IReadOnlyList<ClassifiedPicture> pictures, int count = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return [.. pictures.Where(p => !p.IsRight).OrderByDescending(p => p.Probabilities[p.Predicted]).ThenBy(p => p.Id, StringComparer.Ordinal).Take(count)];
    }
}
