using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>A data set in a line.</summary>
/// <param name="Name">Chosen at the upload: "flowers".</param>
/// <param name="Kind">"captions" or "classes".</param>
/// <param name="Version">From 1; goes up with every change.</param>
/// <param name="Images">In all.</param>
/// <param name="Undescribed">Images without a caption or label so far; not trained on.</param>
/// <param name="Captions">In all; 0 where images have labels.</param>
/// <param name="Classes">In natural order; empty where images have captions.</param>
/// <param name="Splits">Images in each official split ("train", "dev", "test"), and in "none".</param>
/// <param name="Bytes">Of all images.</param>
/// <param name="Created">When it was uploaded.</param>
/// <param name="Changed">When it got its version.</param>
public sealed record DataSetInfo(
    string Name, DataSetKind Kind, int Version, int Images, int Undescribed, int Captions, IReadOnlyList<ClassCount> Classes,
    IReadOnlyDictionary<string, int> Splits, long Bytes, DateTimeOffset Created, DateTimeOffset Changed);

/// <summary>A data set with its history and what a check of it found.</summary>
/// <param name="Set">The data set.</param>
/// <param name="Changes">The newest first.</param>
/// <param name="LeftOut">What of the upload was left out, and why.</param>
/// <param name="Report">What the check found; null where it was not asked for.</param>
public sealed record DataSetDetails(DataSetInfo Set, IReadOnlyList<DataSetChange> Changes, IReadOnlyList<DatasetProblem> LeftOut,
    DataSetReport? Report);

/// <summary>What made a new version of a data set.</summary>
/// <param name="Version">That it got.</param>
/// <param name="When">UTC.</param>
/// <param name="What">"2 images added".</param>
/// <param name="By">Name of the API key, where there was one.</param>
public sealed record DataSetChange(int Version, DateTimeOffset When, string What, string? By = null);

/// <summary>What is known of a data set's images.</summary>
public enum DataSetKind
{
    /// <summary>Sentences; any number an image.</summary>
    Captions,

    /// <summary>One label an image.</summary>
    Classes,
}

/// <summary>What a check of a data set's version found.</summary>
/// <param name="Version">That was checked.</param>
/// <param name="Problem">Why it cannot be trained on as it is; null where it can.</param>
/// <param name="Width">Of readable images, pixels.</param>
/// <param name="Height">Of readable images, pixels.</param>
/// <param name="Formats">Readable images by format.</param>
/// <param name="Duplicates">Groups of images with the same bytes.</param>
/// <param name="DuplicatesAcrossSplits">Groups of which one image is trained on and another scored: the score then flatters.</param>
/// <param name="DuplicatesAcrossClasses">Groups with different labels.</param>
/// <param name="Unreadable">Images that cannot be used.</param>
/// <param name="Notes">What is used, but may not be meant so.</param>
/// <param name="CaptionsPerImage">Null where images have labels.</param>
/// <param name="WordsPerCaption">Null where images have labels.</param>
/// <param name="VocabularySize">Distinct words, case aside.</param>
/// <param name="WordsSeenOnce">Distinct words that occur only once.</param>
/// <param name="MostCommonWords">The most common first.</param>
/// <param name="Imbalance">Images of the largest class over those of the smallest; null where images have captions.</param>
/// <param name="LargestShare">The largest class's share: the accuracy of always answering with it.</param>
public sealed record DataSetReport(
    int Version, string? Problem, NumberRange? Width = null, NumberRange? Height = null, IReadOnlyDictionary<string, int>? Formats = null,
    IReadOnlyList<SameImages>? Duplicates = null, int DuplicatesAcrossSplits = 0, int DuplicatesAcrossClasses = 0,
    IReadOnlyList<UnusableImage>? Unreadable = null, IReadOnlyList<DatasetProblem>? Notes = null,
    NumberRange? CaptionsPerImage = null, NumberRange? WordsPerCaption = null, int? VocabularySize = null, int? WordsSeenOnce = null,
    IReadOnlyList<WordCount>? MostCommonWords = null, double? Imbalance = null, double? LargestShare = null);

/// <summary>An image of a data set that cannot be read.</summary>
/// <param name="Image">Which.</param>
/// <param name="Reason">In words.</param>
public sealed record UnusableImage(ImageName Image, string Reason);
