using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Takes pictures from the visitor; the browser scales large ones down and turns them upright.</summary>
public sealed partial class PictureDrop(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    private ElementReference _area;
    private IJSObjectReference? _module, _drop;
    private DotNetObjectReference<PictureDrop>? _self;

    /// <summary>Told of every picture, one after the other.</summary>
    [Parameter, EditorRequired]
    public EventCallback<PickedPicture> Picked { get; set; }

    [Parameter]
    public string Label { get; set; } = "Your pictures";

    [Parameter]
    public string ChooseText { get; set; } = "Choose pictures";

    [Parameter]
    public bool Webcam { get; set; } = true;

    /// <summary>Takes what is pasted anywhere on the page; one drop area a page.</summary>
    [Parameter]
    public bool TakesPaste { get; set; } = true;

    /// <summary>Longest side of what is sent, pixels; larger pictures are scaled down.</summary>
    [Parameter]
    public int LongestSide { get; set; } = 1024;

    /// <summary>
    /// Name under which the browser keeps the pictures, so that they come back when the page is loaded anew; null for a page that holds
    /// none.
    /// </summary>
    [Parameter]
    public string? Keep { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Takes a picture of this host, as if it had been dropped.</summary>
    public async Task TakeAsync(string address, string name)
    {
        if (_drop is not null) await _drop.InvokeVoidAsync("takeAddress", address, name);
    }

    /// <summary>The page does not show the picture any more.</summary>
    public async Task ForgetAsync(PickedPicture picture)
    {
        if (_drop is not null && picture.Kept is { } id) await _drop.InvokeVoidAsync("forget", id);
    }

    /// <summary>Called by picture-drop.js.</summary>
    [JSInvokable]
    public async Task Take(PickedPicture picture, IJSStreamReference? file)
    {
        if (file is not null)
        {
            await using var stream = await file.OpenReadStreamAsync(PickedPicture.LargestFile);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            picture = picture with { Bytes = bytes.ToArray() };
        }
        await InvokeAsync(() => Picked.InvokeAsync(picture));
    }

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        try
        {
            if (_drop is not null)
            {
                await _drop.InvokeVoidAsync("dispose");
                await _drop.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and what it held with it.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await script.InvokeAsync<IJSObjectReference>("import", "./js/picture-drop.js");
        _drop = await _module.InvokeAsync<IJSObjectReference>("attach", _area, _self,
            new { LongestSide, LargestFile = PickedPicture.LargestFile, TakesPaste, Keep });
    }
}
