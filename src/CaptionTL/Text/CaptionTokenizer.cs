using System.Text;

namespace CaptionTL.Text;

/// <summary>
/// The words of a caption as coco-caption counts them (Chen et al. 2015, "Microsoft COCO Captions: Data Collection and Evaluation
/// Server"):
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
            if (word.Any(char.IsWhiteSpace))
                kept.AddRange(word.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            else kept.Add(word.ToLowerInvariant());
        }
        return [.. kept];
    }
}

/// <summary>Words that captions do not end with, learned from captions that people wrote.</summary>
public static class CaptionEndings
{
    /// <summary>Rarer words are left out: too little is known of them.</summary>
    public const int Occurrences = 50;

    /// <summary>Largest share of an inner word's occurrences that end a caption.</summary>
    public const double Share = 0.005;

    /// <summary>
    /// Words that occur within captions and hardly ever at their end, in ordinal order: articles, prepositions, most adjectives. A caption
    /// that stops there ("… in front of a large") is incomplete.
    /// </summary>
    /// <param name="captions">Split by <see cref="CaptionTokenizer"/>.</param>
    public static IReadOnlyList<string> InnerWords(IReadOnlyCollection<IReadOnlyList<string>> captions)
    {
        var last = Vocabulary.CountWords(captions.Where(c => c.Count > 0).Select(c => c.TakeLast(1).ToArray()))
            .ToDictionary(StringComparer.Ordinal);
        return [.. Vocabulary.CountWords(captions).Where(w => w.Value >= Occurrences && last.GetValueOrDefault(w.Key) <= Share * w.Value)
            .Select(w => w.Key).Order(StringComparer.Ordinal)];
    }
}

/// <summary>Turns a decoder's words back into a sentence as people write it: "a man does n't jump" → "A man doesn't jump."</summary>
public static class CaptionFormatter
{
    // Pairs that tokenization took apart without leaving a mark.
    private static readonly HashSet<string> Joined = ["can not", "gon na", "got ta", "wan na", "lem me", "gim me", "'t was", "'t is"];

    private static readonly HashSet<string> Clitics = ["'s", "'m", "'d", "'re", "'ve", "'ll", "n't", "%"];

    /// <summary>
    /// Capital first letter, full stop at the end, contractions and brackets closed up. No words give an empty sentence.
    /// </summary>
    public static string Format(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var sentence = new StringBuilder();
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0 && !TouchesPrevious(words[i - 1], words[i])) sentence.Append(' ');
            sentence.Append(Written(words[i]));
        }
        if (sentence.Length == 0) return "";
        var first = sentence[0] is '(' or '[' or '\'' && sentence.Length > 1 ? 1 : 0;
        sentence[first] = char.ToUpperInvariant(sentence[first]);
        return sentence[^1] is '.' or '!' or '?' ? sentence.ToString() : sentence.Append('.').ToString();
    }

    private static bool TouchesPrevious(string previous, string word) =>
        Clitics.Contains(word) || word is "-rrb-" or "-rsb-" || previous is "-lrb-" or "-lsb-" or "$"
            || Joined.Contains($"{previous} {word}") ||
        previous == "#" && char.IsAsciiDigit(word[0]);

    private static string Written(string word) => word switch
    {
        "i" => "I",
        "-lrb-" => "(", "-rrb-" => ")", "-lsb-" => "[", "-rsb-" => "]", "-lcb-" => "{", "-rcb-" => "}",
        "a.m." or "p.m." or "e.g." or "i.e." => word,
        _ => IsAcronym(word) ? word.ToUpperInvariant() : word,
    };

    /// <summary>u.s. and the like: single letters, each with a full stop.</summary>
    private static bool IsAcronym(string word) =>
        word.Length >= 4 && word.Length % 2 == 0 && !word.Where((c, i) => i % 2 == 0 ? !char.IsAsciiLetter(c) : c != '.').Any();
}
