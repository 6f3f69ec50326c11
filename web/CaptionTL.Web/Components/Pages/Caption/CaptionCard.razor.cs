using System.Globalization;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>An image with its caption, what else it might have been, and what can be done with it.</summary>
public sealed partial class CaptionCard(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    private ElementReference _card;
    private IJSObjectReference? _attention;

    [Parameter, EditorRequired]
    public CaptionEntry Entry { get; set; } = null!;

    [Parameter]
    public EventCallback Removed { get; set; }

    private string Alternative => Entry.Caption?.Text ?? Entry.Image.Name;

    private string Facts => $"{Entry.Caption!.Confidence.ToString("0 %", CultureInfo.InvariantCulture)} sure of its words · "
        + $"{AnswerFacts.Of(Entry.Image, Entry.Answer!.Timing, Entry.Answer.Model)}";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_attention is not null) await _attention.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _attention = await script.InvokeAsync<IJSObjectReference>("import", "./js/attention.js");
        await _attention.InvokeVoidAsync("attach", _card);
    }
}
