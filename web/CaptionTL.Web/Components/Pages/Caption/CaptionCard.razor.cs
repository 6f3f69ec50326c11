using System.Globalization;
using System.Text.Json;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>A picture with its caption, what else it might have been, and what can be done with it.</summary>
public sealed partial class CaptionCard(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    private ElementReference _card;
    private IJSObjectReference? _attention, _files;
    private bool _copied, _correcting, _explaining;
    private bool _kept; // the correction: nothing of it is to be given back

    [Parameter, EditorRequired]
    public CaptionEntry Entry { get; set; } = null!;

    [Parameter]
    public EventCallback Removed { get; set; }

    private string Alternative => Entry.Caption?.Text ?? Entry.Picture.Name;

    private string Facts
    {
        get
        {
            var (answer, caption) = (Entry.Answer!, Entry.Caption!);
            var scaled = Entry.Picture.ScaledFrom is { } size ? $" · sent smaller than its {size}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{caption.Confidence:0 %} sure of its words · {answer.Timing.Total:0} ms · {answer.Model.Name} {answer.Model.Version}{scaled}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_attention is not null) await _attention.DisposeAsync();
            if (_files is not null) await _files.DisposeAsync();
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
        _files = await script.InvokeAsync<IJSObjectReference>("import", "./js/files.js");
    }

    private async Task CopyAsync()
    {
        if (_files is null) return;
        _copied = await _files.InvokeAsync<bool>("copy", Entry.Caption!.Text);
    }

    private async Task DownloadAsync()
    {
        if (_files is null) return;
        var json = JsonSerializer.Serialize(Entry.Answer, ApiJson.Indented);
        await _files.InvokeVoidAsync("download", Path.ChangeExtension(Entry.Picture.Name, ".json"), "application/json", json);
    }
}
