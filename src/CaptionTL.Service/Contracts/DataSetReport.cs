using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>What a check of a data set's version found.</summary>
/// <param name="Version">That was checked.</param>
/// <param name="Problem">Why it cannot be trained on as it is; null where it can.</param>
/// <param name="Width">Of readable pictures, pixels.</param>
/// <param name="Height">Of readable pictures, pixels.</param>
/// <param name="Formats">Readable pictures by format.</param>
/// <param name="Duplicates">Groups of pictures with the same bytes.</param>
/// <param name="DuplicatesAcrossSplits">Groups of which one picture is trained on and another scored: the score then flatters.</param>
/// <param name="DuplicatesAcrossClasses">Groups with different labels.</param>
/// <param name="Unreadable">Pictures that cannot be used.</param>
/// <param name="Notes">What is used, but may not be meant so.</param>
/// <param name="CaptionsPerPicture">Null where pictures have labels.</param>
/// <param name="WordsPerCaption">Null where pictures have labels.</param>
/// <param name="VocabularySize">Distinct words, case aside.</param>
/// <param name="WordsSeenOnce">Distinct words that occur only once.</param>
/// <param name="MostCommonWords">The most common first.</param>
/// <param name="Imbalance">Pictures of the largest class over those of the smallest; null where pictures have captions.</param>
/// <param name="LargestShare">The largest class's share: the accuracy of always answering with it.</param>
public sealed record DataSetReport(
    int Version, string? Problem, NumberRange? Width = null, NumberRange? Height = null, IReadOnlyDictionary<string, int>? Formats = null,
    IReadOnlyList<SamePictures>? Duplicates = null, int DuplicatesAcrossSplits = 0, int DuplicatesAcrossClasses = 0,
    IReadOnlyList<UnusablePicture>? Unreadable = null, IReadOnlyList<DatasetProblem>? Notes = null,
    NumberRange? CaptionsPerPicture = null, NumberRange? WordsPerCaption = null, int? VocabularySize = null, int? WordsSeenOnce = null,
    IReadOnlyList<WordCount>? MostCommonWords = null, double? Imbalance = null, double? LargestShare = null);
