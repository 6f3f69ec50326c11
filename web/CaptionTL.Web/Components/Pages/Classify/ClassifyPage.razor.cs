using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Classify;

/// <summary>Images in, classes with probabilities out.</summary>
public sealed partial class ClassifyPage() : ImagesPage<ClassifyEntry, ClassAnswer>(most: 48)
{
    private IReadOnlyList<ModelChoice>? _choices;
    private string? _model, _asked, _absent;
    private double _threshold = 0.5;

    /// <summary>The model to begin with, "bees" or "bees@3"; the default one when null.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Asked { get; set; }

    protected override Task OnParametersSetAsync() => _choices is null || Asked != _asked ? TryAsync(ReadModelsAsync) : Task.CompletedTask;

    private async Task ReadModelsAsync()
    {
        _asked = Asked;
        var all = await Models.AllAsync(Leaving);
        _choices = ModelChoice.Of(all, "classify", Asked);
        var found = ModelChoice.Find(_choices, all, Asked);
        _absent = found is null ? Asked : null;
        _model = (found ?? (_choices is [var first, ..] ? first : null))?.Name;
    }

    protected override Task AskAsync(ClassifyEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.AskAsync(() => Images.ClassifyAsync(entry.Image, _model, Leaving));
    }
}

/// <summary>An image on the page and what it was taken for.</summary>
public sealed class ClassifyEntry(PickedImage image) : ImageEntry<ClassAnswer>(image)
{
    /// <summary>The most probable first.</summary>
    public IReadOnlyList<ClassProbability> Classes => Answer?.Results[0].Classes ?? [];
}
