using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Pages.Caption;
using CaptionTL.Web.Components.Pages.Classify;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Images that the taught model has not seen, and what it says of them.</summary>
public sealed partial class TryOut : ApiComponent
{
    private readonly List<ClassifyEntry> _classified = [];
    private readonly List<CaptionEntry> _captioned = [];

    /// <summary>Its name is the model's too.</summary>
    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    private async Task AskAsync(PickedImage image)
    {
        await (Set.Kind == DataSetKind.Classes ? ClassifyAsync(new ClassifyEntry(image)) : CaptionAsync(new CaptionEntry(image)));
        StateHasChanged();
    }

    private Task ClassifyAsync(ClassifyEntry entry)
    {
        _classified.Insert(0, entry);
        StateHasChanged();
        return entry.AskAsync(() => Images.ClassifyAsync(entry.Image, Set.Name, Leaving));
    }

    private Task CaptionAsync(CaptionEntry entry)
    {
        _captioned.Insert(0, entry);
        StateHasChanged();
        return entry.AskAsync(Images, new CaptionSettings { Model = Set.Name }, StateHasChanged, Leaving);
    }
}
