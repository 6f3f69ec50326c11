using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>All data sets, and room for one more.</summary>
public sealed partial class DataSetsPage(NavigationManager navigation) : ApiComponent
{
    private IReadOnlyList<DataSetInfo>? _sets;

    protected override Task OnInitializedAsync() => TryAsync(async () => _sets = await Sets.AllAsync());

    private void Open(string name) => navigation.NavigateTo($"/data/{name}");
}
