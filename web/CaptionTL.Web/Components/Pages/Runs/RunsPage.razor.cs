using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>All runs, and a comparison of those chosen.</summary>
public sealed partial class RunsPage(RunsClient client) : ApiComponent
{
    private readonly Dictionary<long, RunCurves> _compared = [];
    private List<Run>? _runs;
    private int _total;

    protected override Task OnInitializedAsync() => TryAsync(MoreAsync);

    private async Task MoreAsync()
    {
        var came = await client.PageAsync(_runs?.Count ?? 0, cancel: Leaving);
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
            var metrics = await client.MetricsAsync(run.Id, part: run.Parts is [var first, ..] ? first : null);
            curves.Add(metrics.Lines, metrics.Next);
        }
        catch (ApiFailure)
        {
            // a run that has measured nothing yet has no curves
        }
        _compared[run.Id] = curves;
    }
}
