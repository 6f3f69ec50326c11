using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>Sends a zip or a folder from the browser straight to the API; upload.js does the work.</summary>
public sealed partial class UploadForm(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    private ElementReference _form;
    private IJSObjectReference? _module;
    private DotNetObjectReference<UploadForm>? _self;
    private UploadLimits? _limits;

    /// <summary>Told of the new data set's name.</summary>
    [Parameter, EditorRequired]
    public EventCallback<string> Uploaded { get; set; }

    private string? Limits => _limits is { } limits
        ? $"Up to {Units.Bytes(limits.MaxBytes)} and {Units.Count(limits.MaxFiles)} files. Images are "
        + $"{string.Join(' ', limits.Images)}; captions, classes and splits are read from {string.Join(' ', limits.Texts)}. Of a "
        + $"folder, nothing else is sent."
        : null;

    /// <summary>Called by upload.js.</summary>
    [JSInvokable]
    public Task Done(string name) => InvokeAsync(() => Uploaded.InvokeAsync(name));

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        try
        {
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await script.InvokeAsync<IJSObjectReference>("import", "./js/upload.js");
        _limits = Sets.Limits;
        StateHasChanged();
        await _module.InvokeVoidAsync("attach", _form, _self, _limits);
    }
}
