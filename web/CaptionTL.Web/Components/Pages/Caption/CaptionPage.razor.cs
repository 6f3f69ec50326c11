using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>Images in, sentences out.</summary>
public sealed partial class CaptionPage() : ImagesPage<CaptionEntry, CaptionAnswer>(most: 24)
{
    private readonly CaptionSettings _settings = new();
    private string? _asked;

    /// <summary>The model that answers, "bees" or "bees@3"; the default model when null.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Asked { get; set; }

    protected override void OnParametersSet()
    {
        if (Asked == _asked) return;
        _settings.Model = _asked = Asked;
    }

    protected override Task AskAsync(CaptionEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.AskAsync(Images, _settings, StateHasChanged, Leaving);
    }
}
