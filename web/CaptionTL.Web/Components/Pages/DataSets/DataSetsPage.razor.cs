using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>All data sets, and room for one more.</summary>
public sealed partial class DataSetsPage(DataSetsClient client, NavigationManager navigation) : ComponentBase
{
    private IReadOnlyList<DataSetInfo>? _sets;
    private ApiFailure? _failure;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _sets = await client.AllAsync();
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }

    private void Open(string name) => navigation.NavigateTo($"/data/{name}");
}
