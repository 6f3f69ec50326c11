using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using CaptionTL.Web.Visitors;
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

/// <summary>An image on the page and what became of it.</summary>
public sealed class CaptionEntry(PickedImage image) : ImageEntry<CaptionAnswer>(image)
{
    /// <summary>The caption so far.</summary>
    public string Words { get; set; } = "";

    /// <summary>Which of the captions is shown large.</summary>
    public int Chosen { get; set; }

    public IReadOnlyList<WrittenCaption> Captions => Answer?.Results[0].Captions ?? [];

    public WrittenCaption? Caption => Captions.ElementAtOrDefault(Chosen);

    /// <summary>Asks for captions; <paramref name="heard"/> is called after each word.</summary>
    internal Task AskAsync(VisitorImages images, CaptionSettings settings, Action heard, CancellationToken leaving) =>
        AskAsync(() => images.CaptionAsync(Image, settings, words =>
        {
            Words = words;
            heard();
        }, leaving));

    public override void Restart()
    {
        base.Restart();
        (Words, Chosen) = ("", 0);
    }
}
