using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Takes images from the visitor; the browser scales large ones down and turns them upright.</summary>
public sealed partial class ImageDrop(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    private ElementReference _area;
    private IJSObjectReference? _module, _drop;
    private DotNetObjectReference<ImageDrop>? _self;

    /// <summary>Told of every image, one after the other.</summary>
    [Parameter, EditorRequired]
    public EventCallback<PickedImage> Picked { get; set; }

    [Parameter]
    public string Label { get; set; } = "Your images";

    [Parameter]
    public string ChooseText { get; set; } = "Choose images";

    [Parameter]
    public bool Webcam { get; set; } = true;

    /// <summary>Takes what is pasted anywhere on the page; one drop area a page.</summary>
    [Parameter]
    public bool TakesPaste { get; set; } = true;

    /// <summary>Longest side of what is sent, pixels; larger images are scaled down.</summary>
    [Parameter]
    public int LongestSide { get; set; } = 1024;

    /// <summary>
    /// Name under which the browser keeps the images, so that they come back when the page is loaded anew; null for a page that holds
    /// none.
    /// </summary>
    [Parameter]
    public string? Keep { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Takes an image of this host, as if it had been dropped.</summary>
    public async Task TakeAsync(string address, string name)
    {
        if (_drop is not null) await _drop.InvokeVoidAsync("takeAddress", address, name);
    }

    /// <summary>The page does not show the image any more.</summary>
    public async Task ForgetAsync(PickedImage image)
    {
        if (_drop is not null && image.Kept is { } id) await _drop.InvokeVoidAsync("forget", id);
    }

    /// <summary>Called by image-drop.js.</summary>
    [JSInvokable]
    public async Task Take(PickedImage image, IJSStreamReference? file)
    {
        if (file is not null)
        {
            await using var stream = await file.OpenReadStreamAsync(PickedImage.LargestFile);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            image = image with { Bytes = bytes.ToArray() };
        }
        await InvokeAsync(() => Picked.InvokeAsync(image));
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
        _module = await script.InvokeAsync<IJSObjectReference>("import", "./js/image-drop.js");
        _drop = await _module.InvokeAsync<IJSObjectReference>("attach", _area, _self,
            new { LongestSide, LargestFile = PickedImage.LargestFile, TakesPaste, Keep });
    }
}
