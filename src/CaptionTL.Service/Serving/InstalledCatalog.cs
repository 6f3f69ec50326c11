using CaptionTL.Models;
using CaptionTL.Service.Api;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>The installed models, each as its version 1.</summary>
internal sealed class InstalledCatalog(IOptions<ServiceOptions> options) : IModelCatalog
{
    private readonly Lazy<IReadOnlyList<ServedModel>> _all = new(() => [.. InstalledModels.All.Select(Read)]);

    public IReadOnlyList<ServedModel> All => _all.Value;

    public ServedModel Find(string task, string? name)
    {
        var named = name ?? (task == "caption" ? options.Value.Model : null);
        var plain = named is null ? null : named.EndsWith("@1", StringComparison.Ordinal) ? named[..^2] : named;
        return All.FirstOrDefault(m => m.Task == task && (plain is null || m.Name == plain))
            ?? throw ApiException.NotFound(
                plain is null ? $"No model for '{task}' is there." : $"There is no model '{named}' for '{task}'.",
                All.Any(m => m.Task == task) ? $"These are there: {string.Join(", ", All.Where(m => m.Task == task).Select(m => m.Name))}." : "Train one first.");
    }

    private static ServedModel Read(string path)
    {
        using var bundle = ModelBundle.Open(path);
        return new ServedModel(Path.GetFileNameWithoutExtension(path), 1, bundle.Manifest.Task, path);
    }
}
