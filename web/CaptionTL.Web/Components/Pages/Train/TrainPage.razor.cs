using CaptionTL.Backbones;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>From a data set and a plan to a running job.</summary>
public sealed partial class TrainPage(BackboneOutlines outlines, NavigationManager navigation)
    : ApiComponent
{
    private readonly TrainForm _form = new();
    private IReadOnlyList<DataSetInfo>? _sets;
    private BackboneSummary? _outline;
    private bool _starting;

    /// <summary>The data set to begin with.</summary>
    [SupplyParameterFromQuery(Name = "data")]
    public string? Asked { get; set; }

    private static IEnumerable<BackboneWeights> Backbones => BackboneRegistry.All.SelectMany(entry => entry.Weights);

    private string Task => _sets?.FirstOrDefault(set => set.Name == _form.Data)?.Kind == DataSetKind.Captions ? "caption" : "classify";

    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        _sets = [.. (await Sets.AllAsync()).Where(set => set.Images > 0)];
        _form.Data = _sets.OrderByDescending(set => set.Name == Asked).FirstOrDefault()?.Name;
        ChooseUsualPlan();
    });

    // Counting a network takes longer than showing the page.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        await OutlineAsync();
        StateHasChanged();
    }

    private void ChooseUsualPlan() => _form.Choose(PlanPresets.UsualFor(Task));

    private Task ChangeNetworkAsync()
    {
        _form.Layer = null; // the other network's blocks have other names
        return OutlineAsync();
    }

    private async Task OutlineAsync() => _outline = await outlines.OfAsync(_form.Backbone);

    private Task RaceAsync() => BeginAsync(_form.ToRace(Task));

    private Task StartAsync() => BeginAsync(_form.ToRequest());

    private async Task BeginAsync(JobRequest request)
    {
        _starting = true;
        await TryAsync(async () => navigation.NavigateTo($"/jobs/{(await Jobs.StartAsync(request)).Id}"));
        _starting = false;
    }
}
