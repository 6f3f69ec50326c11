using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>
/// Classes or captions by example: images go to a data set as they are shown, training is a job, the answer can be tried at once.
/// </summary>
public sealed partial class TeachPage : ApiComponent
{
    private DataSetInfo? _set;
    private bool _enough, _isTaught;

    [Parameter]
    public string Name { get; set; } = "";

    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        _isTaught = (await Models.AllAsync(Leaving)).Any(m => m.Name == Name && m.InUse is not null);
        _set = (await Sets.GetAsync(Name)).Set;
    });
}
