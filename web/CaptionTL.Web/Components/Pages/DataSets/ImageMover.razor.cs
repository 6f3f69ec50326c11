using CaptionTL.Datasets;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>Moves the ticked images to a class or split: one new version of the data set, however many they are.</summary>
public sealed partial class ImageMover : ApiComponent
{
    /// <summary>Images the API gives at once.</summary>
    private const int LargestPage = 500;

    private string _label = "", _split = "";
    private bool _busy;

    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>Which images are shown.</summary>
    [Parameter, EditorRequired]
    public ImageQuery Query { get; set; } = new();

    /// <summary>Ids of the ticked ones.</summary>
    [Parameter, EditorRequired]
    public HashSet<int> Marked { get; set; } = [];

    /// <summary>Told when images were moved, or others are ticked.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    private Task MarkAllAsync() => DoAsync(async () =>
    {
        for (var (offset, total) = (0, 1); offset < total; offset += LargestPage)
        {
            var page = await Sets.ImagesAsync(Set.Name, Query, offset, LargestPage);
            Marked.UnionWith(page.Images.Select(p => p.Id));
            total = page.Total;
        }
    });

    private Task ClearAsync() => DoAsync(() =>
    {
        Marked.Clear();
        return Task.CompletedTask;
    });

    private Task MoveAsync() => DoAsync(async () =>
    {
        var label = _label.Trim();
        await Sets.MoveAsync(Set.Name, new DataSetImagesChange([.. Marked], label.Length > 0 ? label : null,
            Enum.TryParse<Split>(_split, out var split) ? split : null));
        Marked.Clear();
        (_label, _split) = ("", "");
    });

    private async Task DoAsync(Func<Task> what)
    {
        _busy = true;
        await TryAsync(async () =>
        {
            await what();
            await Changed.InvokeAsync();
        });
        _busy = false;
    }
}
