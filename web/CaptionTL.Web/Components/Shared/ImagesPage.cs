namespace CaptionTL.Web.Components.Shared;

/// <summary>A page of images and what a model says of them: the newest first; the oldest make room.</summary>
/// <typeparam name="TEntry">An image on the page.</typeparam>
/// <typeparam name="TAnswer">What the model says of it.</typeparam>
/// <param name="most">Images that the page holds.</param>
public abstract class ImagesPage<TEntry, TAnswer>(int most) : ApiComponent where TEntry : ImageEntry<TAnswer> where TAnswer : class
{
    private readonly List<TEntry> _entries = [];

    protected IReadOnlyList<TEntry> Entries => _entries;

    protected int Most => most;

    /// <summary>Images that newer ones pushed off the page.</summary>
    protected int Gone { get; private set; }

    /// <summary>Where the images come from.</summary>
    protected ImageDrop? Drop { get; set; }

    protected abstract Task AskAsync(TEntry entry);

    protected Task TakeSampleAsync(SampleImage sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return Drop?.TakeAsync(sample.Address, sample.File) ?? Task.CompletedTask;
    }

    protected async Task AddAsync(TEntry entry)
    {
        _entries.Insert(0, entry);
        if (_entries.Count > most)
        {
            Gone++;
            await RemoveAsync(_entries[most]);
        }
        await ShowAsync(entry);
    }

    /// <summary>Asks of all images anew.</summary>
    protected async Task RestartAsync()
    {
        foreach (var entry in _entries.Where(e => e.Image.Problem is null && !e.IsBusy).ToList())
        {
            entry.Restart();
            await ShowAsync(entry);
        }
    }

    protected Task RemoveAsync(TEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _entries.Remove(entry);
        return Drop?.ForgetAsync(entry.Image) ?? Task.CompletedTask;
    }

    private async Task ShowAsync(TEntry entry)
    {
        StateHasChanged();
        await AskAsync(entry);
        StateHasChanged();
    }
}
