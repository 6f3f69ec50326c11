namespace CaptionTL.Heads.Things;

/// <summary>Something that captions name and that classes of ImageNet-1k show.</summary>
/// <param name="Phrase">How a caption begins that is about it, words joined by blanks: "a cup of coffee".</param>
/// <param name="Words">Words of captions that mean it.</param>
/// <param name="Classes">Indices of the classes that show it.</param>
internal sealed record Thing(string Phrase, IReadOnlyList<string> Words, IReadOnlyList<int> Classes)
{
    /// <summary>Whether the classes cover the thing so well that it is not in a picture where none of them is likely; so it is with many animals.</summary>
    public bool Covered { get; init; }

    /// <summary>From "phrase | words | classes", classes as numbers and ranges; with a star before it where the classes cover it.</summary>
    public static Thing Parse(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var covered = parts[0].StartsWith('*');
        return new Thing(parts[0].TrimStart('*'), parts[1].Split(' '), [.. parts[2].Split(' ').SelectMany(Range)]) { Covered = covered };
    }

    private static IEnumerable<int> Range(string text)
    {
        var ends = Array.ConvertAll(text.Split('-'), int.Parse);
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }
}
