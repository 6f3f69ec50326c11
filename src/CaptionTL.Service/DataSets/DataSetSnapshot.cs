using CaptionTL.Datasets;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.DataSets;

/// <summary>A data set as its newest version has it.</summary>
/// <param name="State">Of its dataset.json.</param>
/// <param name="Rows">Its pictures.</param>
internal sealed record DataSetSnapshot(DataSetState State, IReadOnlyList<PictureRow> Rows)
{
    private readonly Lazy<Dictionary<int, PictureRow>> _byId = new(() => Rows.ToDictionary(r => r.Id));

    /// <exception cref="ApiException">There is no such picture.</exception>
    public PictureRow Find(int id) => _byId.Value.GetValueOrDefault(id)
        ?? throw ApiException.NotFound($"The data set '{State.Name}' has no picture {id}.", $"GET /api/v1/datasets/{State.Name}/pictures lists them.");

    public DataSetInfo Info() => new(
        State.Name, State.Kind, State.Version, Rows.Count, Rows.Count(r => !r.IsDescribed), Rows.Sum(r => r.Captions?.Count ?? 0), Classes(),
        Splits(Rows), Rows.Sum(r => r.Bytes), State.Changes[0].When, State.Changes[^1].When);

    public DataSetPicture Picture(PictureRow row) => new(
        row.Id, row.Name, row.Bytes, row.Width, row.Height, State.Kind == DataSetKind.Captions ? row.Captions ?? [] : null, row.Label, row.Split, row.Corrected);

    private IReadOnlyList<ClassCount> Classes() =>
        [.. Rows.Where(r => r.Label is not null).GroupBy(r => r.Label!, StringComparer.Ordinal).OrderBy(g => g.Key, NaturalOrder.Instance).Select(g => new ClassCount(g.Key, g.Count(), Splits(g)))];

    private static Dictionary<string, int> Splits(IEnumerable<PictureRow> rows) =>
        rows.GroupBy(r => r.Split).OrderBy(g => g.Key is { } s ? (int)s : int.MaxValue).ToDictionary(g => g.Key is { } s ? s.ToString().ToLowerInvariant() : "none", g => g.Count());
}
