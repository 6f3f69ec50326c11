using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.IO;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// The files of one data set's folder: dataset.json, pictures/, thumbnails/, reports/, and versions/000003.jsonl, each of which the library
/// reads as a data set beside its pictures. A version's file never changes.
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

    public string NearDuplicates(int version, double similarity) => Path.Combine(folder, "reports", FormattableString.Invariant($"{version:000000}-near-{similarity:0.0000}.json"));

    public string Picture(PictureRow row) => Path.Combine(folder, row.File);

    public string Thumbnail(PictureRow row) => Path.Combine(folder, "thumbnails", FormattableString.Invariant($"{row.Id:000000}.jpg"));

    public DataSetSnapshot Load()
    {
        var state = JsonSerializer.Deserialize<DataSetState>(File.ReadAllBytes(StateFile), Json.Indented)!;
        return new DataSetSnapshot(state, Rows(state.Version));
    }

    /// <summary>The pictures of a version, as they were then.</summary>
    public IReadOnlyList<PictureRow> Rows(int version) => [.. File.ReadLines(Version(version)).Select(line => JsonSerializer.Deserialize<PictureRow>(line, Lines)!)];

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
