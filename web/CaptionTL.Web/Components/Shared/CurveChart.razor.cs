using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Curves over steps; drawn once the component library's script is there.</summary>
public sealed partial class CurveChart(IJSRuntime script) : ComponentBase
{
    /// <summary>A line is drawn through at most so many points.</summary>
    public const int MostPoints = 400;

    private const int Colors = 6;

    private bool _isReady;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<Curve> Curves { get; set; } = [];

    [Parameter]
    public string StepName { get; set; } = "step";

    /// <summary>rem.</summary>
    [Parameter]
    public int Height { get; set; } = 15;

    // A line needs two points; what there is without one, of each curve.
    private string WithoutLines
    {
        get
        {
            var single = Curves.SelectMany(curve => curve.Points, (curve, point) =>
                string.Create(CultureInfo.InvariantCulture, $"{(Curves.Count > 1 ? curve.Name + ": " : "")}{point.Value:0.###} at "
                    + $"{StepName} {point.Step}")).ToList();
            return single.Count > 0 ? $"{string.Join("; ", single)}, measured once." : "Nothing measured yet.";
        }
    }

    /// <summary>For people who cannot see the chart.</summary>
    private string Summary => Title + ". " + string.Join("; ", Curves.Where(c => c.Points.Count > 0).Select(c =>
        string.Create(CultureInfo.InvariantCulture, $"{c.Name}: from {c.Points[0].Value:0.###} to {c.Points[^1].Value:0.###} in "
            + $"{c.Points.Count} points")));

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        await using var charts = await script.InvokeAsync<IJSObjectReference>("import", "./js/charts.js");
        await charts.InvokeVoidAsync("load");
        _isReady = true;
        StateHasChanged();
    }

    private static string Color(int index) => $"var(--series-{index % Colors + 1})";
}
