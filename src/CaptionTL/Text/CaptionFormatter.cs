using System.Text;

namespace CaptionTL.Text;

/// <summary>Turns a decoder's words back into a sentence as people write it: "a man does n't jump" → "A man doesn't jump."</summary>
public static class CaptionFormatter
{
    // Pairs that tokenization took apart without leaving a mark.
    private static readonly HashSet<string> Joined = ["can not", "gon na", "got ta", "wan na", "lem me", "gim me", "'t was", "'t is"];

    private static readonly HashSet<string> Clitics = ["'s", "'m", "'d", "'re", "'ve", "'ll", "n't", "%"];

    /// <summary>Capital first letter, full stop at the end, contractions and brackets closed up. No words give an empty sentence.</summary>
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
        Clitics.Contains(word) || word is "-rrb-" or "-rsb-" || previous is "-lrb-" or "-lsb-" or "$" || Joined.Contains($"{previous} {word}") ||
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
