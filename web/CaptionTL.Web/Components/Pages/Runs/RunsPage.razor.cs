using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>All runs, and a comparison of those chosen.</summary>
public sealed partial class RunsPage : ApiComponent
{
    private readonly Dictionary<long, RunCurves> _compared = [];
    private List<Run>? _runs;
    private int _total;

    protected override Task OnInitializedAsync() => TryAsync(MoreAsync);

    private async Task MoreAsync()
    {
        var came = await Runs.PageAsync(_runs?.Count ?? 0, Leaving);
        _total = came.Total;
        // Runs begun meanwhile push those that are shown into the next page.
        _runs = [.. (_runs ?? []).Concat(came.Runs).DistinctBy(run => run.Id)];
    }

    private async Task ToggleAsync(Run run)
    {
        if (_compared.Remove(run.Id)) return;
        var curves = new RunCurves();
        try
        {
            var metrics = await Runs.MetricsAsync(run.Id, run.Parts is [var first, ..] ? first : null, 0, Leaving);
            curves.Add(metrics.Lines, metrics.Next);
        }
        catch (ApiException)
        {
            // a run that has measured nothing yet has no curves
        }
        _compared[run.Id] = curves;
    }
}
