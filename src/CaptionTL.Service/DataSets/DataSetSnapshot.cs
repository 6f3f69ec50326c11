using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.DataSets;

/// <summary>A data set as its newest version has it.</summary>
/// <param name="State">Of its dataset.json.</param>
/// <param name="Rows">Its images.</param>
internal sealed record DataSetSnapshot(DataSetState State, IReadOnlyList<ImageRow> Rows)
{
    /// <exception cref="ApiException">There is no such image.</exception>
    public ImageRow Find(int id) => Rows.FirstOrDefault(r => r.Id == id)
        ?? throw ApiException.NotFound($"The data set '{State.Name}' has no image {id}.",
            $"GET /api/v1/datasets/{State.Name}/images lists them.");

    public DataSetInfo Info() => new(State.Name, State.Kind, State.Version, Rows.Count, Rows.Count(r => !r.IsDescribed),
        Rows.Sum(r => r.Captions?.Count ?? 0), Classes(), Splits(Rows), Rows.Sum(r => r.Bytes), State.Changes[0].When,
        State.Changes[^1].When);

    public DataSetImage Image(ImageRow row) => new(row.Id, row.Name, row.Bytes, row.Width, row.Height,
        State.Kind == DataSetKind.Captions ? row.Captions ?? [] : null, row.Label, row.Split, row.Corrected);

    private IReadOnlyList<ClassCount> Classes() =>
        [.. Rows.Where(r => r.Label is not null).GroupBy(r => r.Label!, StringComparer.Ordinal).OrderBy(g => g.Key, NaturalOrder.Instance)
            .Select(g => new ClassCount(g.Key, g.Count(), Splits(g)))];

    private static Dictionary<string, int> Splits(IEnumerable<ImageRow> rows) =>
        rows.GroupBy(r => r.Split).OrderBy(g => g.Key is { } s ? (int)s : int.MaxValue)
            .ToDictionary(g => g.Key is { } s ? s.ToString().ToLowerInvariant() : "none", g => g.Count());
}

/// <summary>
/// The files of one data set's folder: dataset.json, pictures/, thumbnails/, reports/, and versions/000003.jsonl. The library reads each
/// version's file as a data set beside its images; it never changes.
/// </summary>
internal sealed class DataSetFiles(string folder)
{
    private static readonly JsonSerializerOptions Lines = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public string Folder => folder;

    public string StateFile => Path.Combine(folder, "dataset.json");

    public string Version(int version) => Path.Combine(folder, "versions", FormattableString.Invariant($"{version:000000}.jsonl"));

    public string Report(int version) => Path.Combine(folder, "reports", FormattableString.Invariant($"{version:000000}.json"));

    public string NearDuplicates(int version, double similarity) =>
        Path.Combine(folder, "reports", FormattableString.Invariant($"{version:000000}-near-{similarity:0.0000}.json"));

    public string Image(ImageRow row) => Path.Combine(folder, row.File);

    public string Thumbnail(ImageRow row) => Path.Combine(folder, "thumbnails", FormattableString.Invariant($"{row.Id:000000}.jpg"));

    public DataSetSnapshot Load()
    {
        var state = JsonSerializer.Deserialize<DataSetState>(File.ReadAllBytes(StateFile), Json.Indented)!;
        return new DataSetSnapshot(state, Rows(state.Version));
    }

    /// <summary>The images of a version, as they were then.</summary>
    public IReadOnlyList<ImageRow> Rows(int version) =>
        [.. File.ReadLines(Version(version)).Select(line => JsonSerializer.Deserialize<ImageRow>(line, Lines)!)];

    /// <summary>The version's file first, then the state that names it.</summary>
    public void Save(DataSetSnapshot snapshot)
    {
        AtomicFile.Write(Version(snapshot.State.Version), stream =>
        {
            foreach (var row in snapshot.Rows)
            {
                JsonSerializer.Serialize(stream, row, Lines);
                stream.WriteByte((byte)'\n');
            }
        });
        AtomicFile.Write(StateFile, stream => JsonSerializer.Serialize(stream, snapshot.State, Json.Indented));
    }
}

/// <summary>
/// A line of a version's file: what the library's metadata.jsonl layout reads, and what the service wants to know besides.
/// </summary>
internal sealed record ImageRow
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

    /// <summary>Pixels; null where the image cannot be read.</summary>
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
