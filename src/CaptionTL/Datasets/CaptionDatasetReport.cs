namespace CaptionTL.Datasets;

/// <summary>What a check of pictures with captions found. Serialises to JSON as it is.</summary>
public sealed record CaptionDatasetReport : DatasetReport
{
    private const int CommonWords = 20;

    internal CaptionDatasetReport(CaptionDataset dataset, IReadOnlyList<PictureLook> looks, bool decoded, CaptionWords words) : base(dataset, looks, decoded)
    {
        Captions = words.Lengths.Count;
        CaptionsPerPicture = NumberRange.Of(dataset.Items.Select(i => i.Captions.Count));
        WordsPerCaption = NumberRange.Of(words.Lengths);
        (VocabularySize, WordsSeenOnce) = (words.Counts.Count, words.Counts.Count(w => w.Value == 1));
        MostCommonWords = [.. words.Counts.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Take(CommonWords).Select(w => new WordCount(w.Key, w.Value))];
    }

    public int Captions { get; }

    public NumberRange CaptionsPerPicture { get; }

    /// <summary>Words; punctuation does not count.</summary>
    public NumberRange WordsPerCaption { get; }

    /// <summary>Distinct words, case aside.</summary>
    public int VocabularySize { get; }

    /// <summary>Distinct words that occur only once.</summary>
    public int WordsSeenOnce { get; }

    public IReadOnlyList<WordCount> MostCommonWords { get; }
}
