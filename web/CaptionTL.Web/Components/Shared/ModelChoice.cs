using System.Globalization;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Components.Shared;

/// <summary>A model that can be asked, in a list to choose from.</summary>
/// <param name="Name">As the API takes it: "bees", or "bees@3" for a version that is not in use.</param>
/// <param name="Text">For people.</param>
public sealed record ModelChoice(string Name, string Text)
{
    /// <summary>
    /// The models in use for a task, the default one first; before them the one asked for, where that is a version not in use.
    /// </summary>
    /// <param name="models">All there are.</param>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="asked">"bees" or "bees@3", from an address.</param>
    public static IReadOnlyList<ModelChoice> Of(IEnumerable<Model> models, string task, string? asked)
    {
        var ofTask = models.Where(model => model.Task == task).ToList();
        var used = ofTask.Where(model => model.InUse is not null).OrderByDescending(model => model.Default)
            .Select(model => new ModelChoice(model.Name, model.Default ? $"{model.Name} (default)" : model.Name));
        return Named(ofTask, asked) is (var named, { InUse: false } version)
            ? [new ModelChoice($"{named.Name}@{version.Version}", $"{named.Name}, version {version.Version}, not in use"), .. used]
            : [.. used];
    }

    /// <summary>The one asked for among the choices: "bees" where "bees@3" is in use. Null where there is no such model.</summary>
    public static ModelChoice? Find(IReadOnlyList<ModelChoice> choices, IEnumerable<Model> models, string? asked)
    {
        if (Named(models, asked) is not (var model, var version)) return null;
        var name = version?.InUse == false ? $"{model.Name}@{version.Version}" : model.Name;
        return choices.FirstOrDefault(choice => choice.Name == name);
    }

    // Without a number the version in use is meant, and the newest where none is.
    private static (Model Model, ModelVersion? Version)? Named(IEnumerable<Model> models, string? asked)
    {
        var (name, number) = asked?.Split('@') switch
        {
            [var plain] => (plain, (int?)null),
            [var plain, var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) =>
                (plain, version),
            _ => (null, null),
        };
        if (models.FirstOrDefault(model => model.Name == name) is not { } found) return null;
        var wanted = number ?? found.InUse ?? found.Versions[0].Version;
        return found.Versions.FirstOrDefault(version => version.Version == wanted) is { } there ? (found, there) : null;
    }
}
