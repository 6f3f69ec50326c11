using System.Text.RegularExpressions;

namespace CaptionTL.Datasets;

/// <summary>Words of captions as people count them, case aside.</summary>
/// <param name="Lengths">Words of every caption.</param>
/// <param name="Counts">How often each word occurs.</param>
internal sealed partial record CaptionWords(IReadOnlyList<int> Lengths, IReadOnlyDictionary<string, int> Counts)
{
    public static CaptionWords Count(IReadOnlyList<CaptionItem> items, CancellationToken cancellation)
    {
        var (lengths, words) = (new List<int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var caption in item.Captions)
            {
                var length = 0;
                foreach (var match in Word().EnumerateMatches(caption))
                {
                    length++;
                    var word = caption.Substring(match.Index, match.Length).ToLowerInvariant();
                    words[word] = words.GetValueOrDefault(word) + 1;
                }
                lengths.Add(length);
            }
        }
        return new CaptionWords(lengths, words);
    }

    /// <summary>Letters and digits, with apostrophes and hyphens inside.</summary>
    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
