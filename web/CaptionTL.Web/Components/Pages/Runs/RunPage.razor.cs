using System.Text.Json;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>One run: scores, curves, report, its model and how to use it.</summary>
public sealed partial class RunPage : ApiComponent
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private Run? _run;
    private JobResult? _race;
    private RunCurves _curves = new();
    private IReadOnlyList<RunSamples> _samples = [];
    private string? _part;
    private string _task = "classify";

    [Parameter]
    public long Id { get; set; }

    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        _run = await Runs.GetAsync(Id, Leaving);
        if (_run.Parts is [var first, ..] parts)
        {
            _race = (await Jobs.GetAsync(Id, Leaving)).Result is { Race.Count: > 0 } result ? result : null;
            // The scores above are of the plan to take, trained on all images; its report is the one to begin with.
            _part = _race?.Recommended is { } best && parts.Contains(best) ? best : first;
        }
        if (_run.Plan is { } plan && plan.TryGetProperty("head", out var head) && head.TryGetProperty("kind", out var kind)
            && kind.GetString() == "caption") _task = "caption";
        await FetchAsync();
    });

    private async Task FetchAsync()
    {
        try
        {
            var (curves, metrics) = (new RunCurves(), await Runs.MetricsAsync(Id, _part, 0, Leaving));
            curves.Add(metrics.Lines, metrics.Next);
            _curves = curves;
            _samples = await Runs.SamplesAsync(Id, _part, Leaving);
        }
        catch (ApiException)
        {
            // a run that ended early has measured nothing; its scores and plan are shown all the same
        }
    }
}
