using CaptionTL.Service.Contracts;
using CaptionTL.Service.Serving;

namespace CaptionTL.Service.Registry;

/// <summary>All models as they were at one moment.</summary>
/// <param name="Models">In order of name, the installed ones first.</param>
/// <param name="Paths">Bundles by name and version.</param>
internal sealed record ModelSnapshot(IReadOnlyList<Model> Models, IReadOnlyDictionary<(string Name, int Version), string> Paths)
{
    public static ModelSnapshot Empty { get; } = new([], new Dictionary<(string, int), string>());

    /// <summary>Every model's version in use.</summary>
    public IReadOnlyList<ServedModel> Served { get; } = [.. Models.Where(m => m.InUse is not null).Select(m => new ServedModel(m.Name, m.InUse!.Value, m.Task, Paths[(m.Name, m.InUse.Value)]))];

    public Model? Find(string name) => Models.FirstOrDefault(m => m.Name == name);

    /// <summary>One version of a model, in use or not.</summary>
    public ServedModel? Find(string name, int version) =>
        Find(name) is { } model && Paths.TryGetValue((name, version), out var path) ? new ServedModel(name, version, model.Task, path) : null;
}
