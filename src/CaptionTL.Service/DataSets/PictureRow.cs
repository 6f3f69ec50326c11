using System.Text.Json.Serialization;
using CaptionTL.Datasets;

namespace CaptionTL.Service.DataSets;

/// <summary>A line of a version's file: what the library's metadata.jsonl layout reads, and what the service wants to know besides.</summary>
internal sealed record PictureRow
{
    /// <summary>Relative to the data set's folder: "pictures/000017.jpg". Never anybody's file name.</summary>
    [JsonPropertyName("file_name")]
    public required string File { get; init; }

    [JsonPropertyName("text")]
    public IReadOnlyList<string>? Captions { get; init; }

    [JsonPropertyName("label")]
    public string? Label { get; init; }

    [JsonPropertyName("split")]
    public Split? Split { get; init; }

    [JsonPropertyName("id")]
    public required int Id { get; init; }

    /// <summary>As uploaded; shown, never opened.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>Pixels; null where the picture cannot be read.</summary>
    [JsonPropertyName("width")]
    public int? Width { get; init; }

    [JsonPropertyName("height")]
    public int? Height { get; init; }

    [JsonPropertyName("sha256")]
    public required string Sha256 { get; init; }

    [JsonPropertyName("corrected")]
    public bool Corrected { get; init; }

    [JsonIgnore]
    public bool IsDescribed => Captions is { Count: > 0 } || Label is not null;

    public static string FileOf(int id, string extension) => FormattableString.Invariant($"pictures/{id:000000}{extension}");
}
