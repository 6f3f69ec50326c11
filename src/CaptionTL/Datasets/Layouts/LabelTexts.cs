namespace CaptionTL.Datasets.Layouts;

/// <summary>Tells labels from captions where no header says which they are.</summary>
internal static class LabelTexts
{
    private const int MostWords = 4;

    /// <summary>Short texts of which each is there twice or more on average, and more than one of them. Captions hardly repeat.</summary>
    public static bool AreLabels(IEnumerable<string> texts)
    {
        var (count, different) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var text in texts)
        {
            if (text.Count(char.IsWhiteSpace) >= MostWords) return false;
            count++;
            different.Add(text);
        }
        return different.Count > 1 && count >= 2 * different.Count;
    }
}
