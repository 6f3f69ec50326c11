using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Components.Pages.Classify;

/// <summary>An image on the page and what it was taken for.</summary>
public sealed class ClassifyEntry(PickedImage image) : ImageEntry<ClassAnswer>(image)
{
    /// <summary>The most probable first.</summary>
    public IReadOnlyList<ClassProbability> Classes => Answer?.Results[0].Classes ?? [];
}
