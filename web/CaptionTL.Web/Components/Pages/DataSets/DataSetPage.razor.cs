using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>A data set: what the check found, its images, and what is known of each.</summary>
public sealed partial class DataSetPage(NavigationManager navigation) : ApiComponent
{
    private DataSetInfo? _set;
    private DataSetImage? _edited;
    private readonly HashSet<int> _marked = []; // ids of images that are to be moved
    private ImageGrid? _grid;
    private ImageQuery _query = new();
    private bool _deleting;

    [Parameter]
    public string Name { get; set; } = "";

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => TryAsync(async () => _set = (await Sets.GetAsync(Name)).Set);

    private void Choose(IEnumerable<int> images) => _marked.UnionWith(images);

    private async Task FilterAsync(ImageQuery query)
    {
        _query = query;
        if (_grid is not null) await _grid.RefreshAsync(query);
    }

    private async Task ChangedAsync()
    {
        _edited = null;
        await ReadAsync();
        if (_grid is not null) await _grid.RefreshAsync(_query);
    }

    private Task DeleteAsync() => TryAsync(async () =>
    {
        _deleting = false; // the question has been answered
        await Sets.DeleteAsync(Name);
        navigation.NavigateTo("/data");
    });
}
