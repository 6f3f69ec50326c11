namespace CaptionTL.Text;

/// <summary>
/// The words of a caption as coco-caption counts them (Chen et al. 2015, "Microsoft COCO Captions: Data Collection and Evaluation Server"):
/// Penn Treebank tokens in lower case without punctuation. Training, vocabulary and scores all use these words.
/// </summary>
public static class CaptionTokenizer
{
    // What coco-caption removes. It removes them after lower-casing, so brackets, which have become -lrb- and -rrb-, stay.
    private static readonly HashSet<string> Punctuation = ["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"];

    /// <summary>Words in order, none of them empty or with white space in it. A caption of nothing but punctuation has none.</summary>
    public static string[] Tokenize(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var words = PennTreebankTokenizer.Split(caption);
        var kept = new List<string>(words.Count);
        foreach (var word in words)
        {
            if (Punctuation.Contains(word)) continue;
            // The few tokens with a blank inside ("3 1/2", telephone numbers) are several words to the scores.
            if (word.Any(char.IsWhiteSpace)) kept.AddRange(word.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            else kept.Add(word.ToLowerInvariant());
        }
        return [.. kept];
    }
}
