namespace CaptionTL.Backbones;

/// <summary>The names somebody may have meant.</summary>
internal static class NearMatches
{
    /// <summary>Known names that differ by few edits or contain what was typed, the nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known, int count = 4) =>
    [
        .. known.Distinct(StringComparer.Ordinal)
            .Select(n => (Name: n, Distance: Levenshtein(n, name)))
            .Where(n => n.Distance <= Math.Max(2, name.Length / 2) || n.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(count).Select(n => n.Name),
    ];

    // Edits (insert, delete, replace) between two names, without regard to case.
    private static int Levenshtein(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)), row[j]);
            }
        }
        return row[b.Length];
    }
}
