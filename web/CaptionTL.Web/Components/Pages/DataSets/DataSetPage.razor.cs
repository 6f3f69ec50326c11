using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>A data set: what the check found, its pictures, and what is known of each.</summary>
public sealed partial class DataSetPage(DataSetsClient client, NavigationManager navigation) : ComponentBase
{
    private DataSetInfo? _set;
    private DataSetPicture? _edited;
    private readonly HashSet<int> _marked = []; // ids of pictures that are to be moved
    private PictureGrid? _grid;
    private PictureQuery _query = new();
    private ApiFailure? _failure;
    private bool _deleting;

    [Parameter]
    public string Name { get; set; } = "";

    protected override Task OnInitializedAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        try
        {
            _set = (await client.GetAsync(Name)).Set;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }

    private void Choose(IEnumerable<int> pictures) => _marked.UnionWith(pictures);

    private async Task FilterAsync(PictureQuery query)
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

    private async Task DeleteAsync()
    {
        try
        {
            await client.DeleteAsync(Name);
            navigation.NavigateTo("/data");
        }
        catch (ApiFailure failure)
        {
            (_failure, _deleting) = (failure, false);
        }
    }
}
