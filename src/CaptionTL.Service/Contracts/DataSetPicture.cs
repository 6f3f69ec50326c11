using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>A picture of a data set and what is known of it.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Width">Pixels; null where the picture cannot be read.</param>
/// <param name="Height">Pixels; null where the picture cannot be read.</param>
/// <param name="Captions">Empty where there are none so far; null where pictures have labels.</param>
/// <param name="Label">Its class; null where there is none so far, or where pictures have captions.</param>
/// <param name="Split">"train", "dev" or "test", where the data set says so.</param>
/// <param name="Corrected">What is known of it was corrected by a person.</param>
public sealed record DataSetPicture(
    int Id, string Name, long Bytes, int? Width, int? Height, IReadOnlyList<string>? Captions, string? Label, Split? Split, bool Corrected = false);
