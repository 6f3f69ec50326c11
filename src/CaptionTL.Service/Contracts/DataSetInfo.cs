using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>A data set in a line.</summary>
/// <param name="Name">Chosen at the upload: "flowers".</param>
/// <param name="Kind">"captions" or "classes".</param>
/// <param name="Version">From 1; goes up with every change.</param>
/// <param name="Pictures">In all.</param>
/// <param name="Undescribed">Pictures without a caption or label so far; not trained on.</param>
/// <param name="Captions">In all; 0 where pictures have labels.</param>
/// <param name="Classes">In natural order; empty where pictures have captions.</param>
/// <param name="Splits">Pictures in each official split ("train", "dev", "test"), and in "none".</param>
/// <param name="Bytes">Of all pictures.</param>
/// <param name="Created">When it was uploaded.</param>
/// <param name="Changed">When it got its version.</param>
public sealed record DataSetInfo(
    string Name, DataSetKind Kind, int Version, int Pictures, int Undescribed, int Captions, IReadOnlyList<ClassCount> Classes,
    IReadOnlyDictionary<string, int> Splits, long Bytes, DateTimeOffset Created, DateTimeOffset Changed);
