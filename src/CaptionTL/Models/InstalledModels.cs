using CaptionTL.IO;

namespace CaptionTL.Models;

/// <summary>Model bundles that are found by name: those the user has installed, then those that come with the program.</summary>
public static class InstalledModels
{
    /// <summary>Folders that are searched, in order.</summary>
    public static IReadOnlyList<string> Folders =>
        [Path.Combine(AppFolders.Models, "bundles"), Path.Combine(AppContext.BaseDirectory, "models")];

    /// <summary>Paths of all bundles; where two have the same name, the first counts.</summary>
    public static IReadOnlyList<string> All =>
    [
        .. Folders.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*" + ModelBundle.Extension).Order(StringComparer.Ordinal))
            .DistinctBy(Path.GetFileNameWithoutExtension),
    ];

    /// <summary>The path itself, the bundle of that name, or the first of all bundles when null.</summary>
    /// <exception cref="CaptionTLException">There is no such model; the message lists those there are.</exception>
    public static string Find(string? model)
    {
        var all = All;
        if (model is null)
            return all.Count > 0 ? all[0] : throw new CaptionTLException($"No model comes with this copy of CaptionTL (looked in "
                + $"{string.Join(" and ", Folders)}). Train one with 'captiontl train', or name one with --model.");
        if (File.Exists(model)) return model;
        var names = all.Count == 0 ? "the installed ones (there are none)"
            : string.Join(", ", all.Select(Path.GetFileNameWithoutExtension));
        return all.FirstOrDefault(p => Path.GetFileNameWithoutExtension(p) == model)
            ?? throw new CaptionTLException($"There is no model '{model}': no such file, and no such name among {names}.");
    }
}
