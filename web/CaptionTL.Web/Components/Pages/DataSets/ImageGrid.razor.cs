using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>The images of a data set, however many.</summary>
public sealed partial class ImageGrid : ComponentBase
{
    private const int Columns = 6;

    /// <summary>Pixels, as the style sheet has it on a wide screen; on others it is seen when rows are there.</summary>
    private const float RowHeight = 172;

    /// <summary>Images the API gives at once.</summary>
    private const int LargestPage = 500;

    private Virtualize<DataSetImage[]>? _rows;
    private ImageQuery? _query;
    private int? _total;

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public ImageQuery Query { get; set; } = new();

    /// <summary>To be opened.</summary>
    [Parameter]
    public EventCallback<DataSetImage> Chosen { get; set; }

    /// <summary>Id of the image that is open.</summary>
    [Parameter]
    public int? Opened { get; set; }

    /// <summary>Ids of the images that are ticked.</summary>
    [Parameter, EditorRequired]
    public HashSet<int> Marked { get; set; } = [];

    [Parameter]
    public EventCallback MarkedChanged { get; set; }

    /// <summary>Fetches what is in view anew.</summary>
    public async Task RefreshAsync(ImageQuery query)
    {
        _query = query;
        if (_rows is not null) await _rows.RefreshDataAsync();
        StateHasChanged();
    }

    private Task Mark(int image)
    {
        if (!Marked.Remove(image)) Marked.Add(image);
        return MarkedChanged.InvokeAsync();
    }

    private async ValueTask<ItemsProviderResult<DataSetImage[]>> ProvideAsync(ItemsProviderRequest request)
    {
        // A row at least: before the list knows how much of it is in view it asks for none.
        var wanted = Math.Clamp(request.Count * Columns, Columns, LargestPage / Columns * Columns);
        var page = await Sets.ImagesAsync(Name, _query ?? Query, request.StartIndex * Columns, wanted);
        if (_total != page.Total)
        {
            _total = page.Total;
            StateHasChanged();
        }
        return new ItemsProviderResult<DataSetImage[]>(page.Images.Chunk(Columns), (page.Total + Columns - 1) / Columns);
    }

    private static string Described(DataSetImage image) =>
        image.Label ?? (image.Captions is [var first, ..] ? first : "not described");
}
