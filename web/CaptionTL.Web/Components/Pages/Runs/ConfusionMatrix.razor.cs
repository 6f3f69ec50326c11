using System.Globalization;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>
/// Which classes a run takes for which; every number opens its dev images. Nothing where the run has learned no classes.
/// </summary>
public sealed partial class ConfusionMatrix : ApiComponent
{
    /// <summary>A larger matrix cannot be read; the pairs confused most often then stand for it.</summary>
    private const int MostClasses = 30;

    private const int MostPairs = 20;

    private readonly List<JobSample> _images = [];
    private RunConfusion? _matrix;
    private (int Truth, int Predicted)? _open;
    private bool _onService;

    /// <summary>Number of the run.</summary>
    [Parameter, EditorRequired]
    public long Run { get; set; }

    /// <summary>A plan of a race; null for a single run.</summary>
    [Parameter]
    public string? Part { get; set; }

    /// <summary>"flowers@3".</summary>
    [Parameter, EditorRequired]
    public string Data { get; set; } = "";

    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        _matrix = await Runs.ConfusionAsync(Run, Part, Leaving);
        if (_matrix is null) return;
        try
        {
            await Sets.GetAsync(RunImage.SetOf(Data), cancel: Leaving);
            _onService = true;
        }
        catch (ApiException)
        {
            // deleted since: images are named instead of shown
        }
    });

    private Task OpenAsync(int truth, int predicted) => TryAsync(async () =>
    {
        _images.Clear();
        _open = (truth, predicted);
        await MoreAsync();
    });

    private async Task MoreAsync()
    {
        if (_open is not { } cell || _matrix is not { } matrix) return;
        var came = await Runs.ConfusedAsync(Run, Part, matrix.Classes[cell.Truth], matrix.Classes[cell.Predicted], _images.Count,
            Leaving);
        // Another cell may have been opened meanwhile.
        if (_open == cell && came.Offset == _images.Count) _images.AddRange(came.Images);
    }

    private IReadOnlyList<(int Truth, int Predicted)> Pairs() =>
        [.. _matrix!.Counts.Index().SelectMany(row => row.Item.Index().Where(cell => cell.Index != row.Index && cell.Item > 0)
            .Select(cell => (Truth: row.Index, Predicted: cell.Index, Count: cell.Item)))
            .OrderByDescending(pair => pair.Count).Take(MostPairs).Select(pair => (pair.Truth, pair.Predicted))];

    private string Title(int truth, int predicted)
    {
        var (count, classes) = (Units.Count(_matrix!.Counts[truth][predicted]), _matrix.Classes);
        return truth == predicted ? $"{count} {classes[truth]} recognised" : $"{count} {classes[truth]} taken for {classes[predicted]}";
    }

    private string Pressed(int truth, int predicted) => _open == (truth, predicted) ? "true" : "false";

    /// <summary>A cell's shade: its share of its row.</summary>
    private static string Share(IReadOnlyList<int> row, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(1, row.Sum()):0}%");
}
