using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>Pictures in, sentences out.</summary>
public sealed partial class CaptionPage(CaptionClient client) : ApiComponent
{
    /// <summary>Pictures kept on the page; the oldest go first.</summary>
    private const int Kept = 24;

    private readonly List<CaptionEntry> _entries = [];
    private readonly CaptionSettings _settings = new();
    private PictureDrop? _drop;
    private string? _asked;
    private int _gone; // pictures that newer ones pushed off the page

    /// <summary>The model that answers, "bees" or "bees@3"; the usual one when null.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Asked { get; set; }

    protected override void OnParametersSet()
    {
        if (Asked == _asked) return;
        _settings.Model = _asked = Asked;
    }

    private Task TakeSampleAsync(SamplePicture sample) => _drop?.TakeAsync(sample.Address, sample.File) ?? Task.CompletedTask;

    private async Task AddAsync(PickedPicture picture)
    {
        var entry = new CaptionEntry(picture);
        _entries.Insert(0, entry);
        if (_entries.Count > Kept)
        {
            _gone++;
            await RemoveAsync(_entries[Kept]);
        }
        StateHasChanged();
        await CaptionAsync(entry);
    }

    private async Task RestartAsync()
    {
        foreach (var entry in _entries.Where(e => e.Picture.Problem is null && !e.IsBusy).ToList())
        {
            entry.Restart();
            StateHasChanged();
            await CaptionAsync(entry);
        }
    }

    private async Task CaptionAsync(CaptionEntry entry)
    {
        await entry.AskAsync(client, _settings, StateHasChanged, Leaving);
        StateHasChanged();
    }

    private Task RemoveAsync(CaptionEntry entry)
    {
        _entries.Remove(entry);
        return _drop?.ForgetAsync(entry.Picture) ?? Task.CompletedTask;
    }
}
