using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Classes or captions by example: pictures go to a data set as they are shown, training is a job, the answer can be tried at once.</summary>
public sealed partial class TeachPage(DataSetsClient sets, ModelsClient models) : ComponentBase
{
    private DataSetInfo? _set;
    private ApiFailure? _failure;
    private bool _enough, _isTaught;

    [Parameter]
    public string Name { get; set; } = "";

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _isTaught = (await models.AllAsync()).Any(m => m.Name == Name && m.InUse is not null);
            _set = (await sets.GetAsync(Name)).Set;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }
}
