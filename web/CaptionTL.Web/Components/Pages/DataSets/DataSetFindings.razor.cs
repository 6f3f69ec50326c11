using System.Globalization;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.DataSets;

/// <summary>The report of a data set's check, fetched after the page is shown.</summary>
public sealed partial class DataSetFindings : ApiComponent
{
    private const int Most = 50;

    private DataSetReport? _report;
    private DataSetDetails? _details;
    private int _version;

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>Checked anew when it changes.</summary>
    [Parameter, EditorRequired]
    public int Version { get; set; }

    /// <summary>Told of images that are to be moved.</summary>
    [Parameter]
    public EventCallback<IEnumerable<int>> Chosen { get; set; }

    private IReadOnlyList<(string Where, string Reason)> LeftOut =>
    [
        .. (_report!.Unreadable ?? []).Select(u => (u.Image.Name, u.Reason)), .. (_report.Notes ?? []).Select(n => (n.Where, n.Reason)),
        .. _details!.LeftOut.Select(l => (l.Where, l.Reason)),
    ];

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_version == Version) return;
        _version = Version;
        await TryAsync(async () =>
        {
            _details = await Sets.GetAsync(Name, report: true);
            _report = _details.Report;
        });
    }

    private static IEnumerable<(string Name, string Value)> Facts(DataSetReport report)
    {
        yield return ("formats",
            string.Join(", ", (report.Formats ?? new Dictionary<string, int>()).Select(f => $"{f.Key} {Units.Count(f.Value)}")));
        yield return ("same images", Groups(report.Duplicates?.Count ?? 0));
        yield return ("of them across splits", Groups(report.DuplicatesAcrossSplits));
        if (report.Imbalance is { } imbalance)
            yield return ("largest to smallest class", string.Create(CultureInfo.InvariantCulture, $"{imbalance:0.0} : 1"));
        if (report.VocabularySize is { } words) yield return ("different words", Units.Count(words));
        if (report.Unreadable is { Count: > 0 } unreadable) yield return ("unreadable", Units.Count(unreadable.Count));
    }

    private static string Groups(int count) => count == 0 ? "none" : Units.Count(count, "group", "groups");
}
