namespace CaptionTL.Datasets;

/// <summary>What a check of a data set found. Serialises to JSON as it is.</summary>
public sealed record DatasetReport
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public required string Layout { get; init; }

    public required int Pictures { get; init; }

    public required int Captions { get; init; }

    /// <summary>Pictures in each official split, by its name in lower case; "none" for those in none.</summary>
    public required IReadOnlyDictionary<string, int> Splits { get; init; }

    public required NumberRange CaptionsPerPicture { get; init; }

    /// <summary>Words; punctuation does not count.</summary>
    public required NumberRange WordsPerCaption { get; init; }

    /// <summary>Distinct words, case aside.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Distinct words that occur only once.</summary>
    public required int WordsSeenOnce { get; init; }

    public required IReadOnlyList<WordCount> MostCommonWords { get; init; }

    /// <summary>Readable pictures, pixels.</summary>
    public required NumberRange Width { get; init; }

    /// <summary>Readable pictures, pixels.</summary>
    public required NumberRange Height { get; init; }

    /// <summary>Readable pictures by format.</summary>
    public required IReadOnlyDictionary<string, int> Formats { get; init; }

    /// <summary>Bytes of all pictures.</summary>
    public required long Bytes { get; init; }

    /// <summary>Groups of pictures with the same bytes.</summary>
    public required IReadOnlyList<DuplicateGroup> Duplicates { get; init; }

    /// <summary>Groups of which one is trained on and another scored: the score then flatters.</summary>
    public int DuplicatesAcrossSplits => Duplicates.Count(d => d.AcrossSplits);

    /// <summary>Every picture that cannot be used, and every line that was left out, with the reason.</summary>
    public required IReadOnlyList<DatasetProblem> Unreadable { get; init; }

    public required IReadOnlyList<DatasetProblem> Skipped { get; init; }

    /// <summary>Pixels were decoded too, not only headers read.</summary>
    public required bool Decoded { get; init; }
}
