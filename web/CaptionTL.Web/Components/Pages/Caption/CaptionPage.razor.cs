using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>Pictures in, sentences out.</summary>
public sealed partial class CaptionPage(CaptionClient client) : ComponentBase, IDisposable
{
    /// <summary>Pictures kept on the page; the oldest go first.</summary>
    private const int Kept = 24;

    private readonly List<CaptionEntry> _entries = [];
    private readonly CaptionSettings _settings = new();
    private readonly CancellationTokenSource _leaving = new();
    private PictureDrop? _drop;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private Task TakeSampleAsync(SamplePicture sample) => _drop?.TakeAsync(sample.Address, sample.File) ?? Task.CompletedTask;

    private async Task AddAsync(PickedPicture picture)
    {
        var entry = new CaptionEntry(picture);
        _entries.Insert(0, entry);
        if (_entries.Count > Kept) _entries.RemoveAt(Kept);
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
        try
        {
            if (entry.Picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", problem, "Choose another picture.");
            entry.Answer = await client.CaptionAsync(new SentPicture(entry.Picture.Name, entry.Picture.Bytes), _settings, words => Show(entry, words), _leaving.Token);
        }
        catch (ApiFailure failure)
        {
            entry.Failure = failure;
        }
        catch (OperationCanceledException)
        {
            return; // the visitor has left the page
        }
        StateHasChanged();
    }

    private void Show(CaptionEntry entry, string words)
    {
        entry.Words = words;
        StateHasChanged();
    }

    private void Remove(CaptionEntry entry) => _entries.Remove(entry);
}
