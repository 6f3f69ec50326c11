using CaptionTL.Datasets;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>One image, and what is known of it, to be corrected.</summary>
public sealed partial class ImageEditor(IJSRuntime script) : ApiComponent
{
    private ElementReference _dialog;
    private string _captions = "", _label = "", _split = "";

    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    [Parameter, EditorRequired]
    public DataSetImage Image { get; set; } = null!;

    /// <summary>Told when something was saved or removed.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    private string Draft(string field) => $"{field}-{Image.Id}";

    protected override void OnInitialized()
    {
        _captions = string.Join('\n', Image.Captions ?? []);
        _label = Image.Label ?? "";
        _split = Image.Split?.ToString() ?? "";
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        await using var dialogs = await script.InvokeAsync<IJSObjectReference>("import", "./js/dialogs.js");
        await dialogs.InvokeVoidAsync("open", _dialog);
    }

    private Task SaveAsync() => ChangeAsync(() => Sets.ChangeAsync(Set.Name, Image.Id, new DataSetImageChange(
        Set.Kind == DataSetKind.Captions
            ? _captions.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : null,
        Set.Kind == DataSetKind.Classes ? _label.Trim() : null,
        Enum.TryParse<Split>(_split, out var split) ? split : null)));

    private Task RemoveAsync() => ChangeAsync(() => Sets.RemoveAsync(Set.Name, Image.Id));

    private Task ChangeAsync(Func<Task> what) => TryAsync(async () =>
    {
        await what();
        await Changed.InvokeAsync();
    });
}
