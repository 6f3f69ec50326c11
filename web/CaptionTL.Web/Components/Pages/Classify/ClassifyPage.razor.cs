using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Classify;

/// <summary>Pictures in, classes with probabilities out.</summary>
public sealed partial class ClassifyPage(ClassifyClient client, ModelsClient models) : ApiComponent
{
    /// <summary>Pictures kept on the page; the oldest go first.</summary>
    private const int Kept = 48;

    private readonly List<ClassifyEntry> _entries = [];
    private IReadOnlyList<ModelChoice>? _choices;
    private string? _model, _asked, _absent;
    private double _threshold = 0.5;
    private PictureDrop? _drop;
    private int _gone; // pictures that newer ones pushed off the page

    /// <summary>The model to begin with, "bees" or "bees@3"; the usual one when null.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Asked { get; set; }

    protected override Task OnParametersSetAsync() => _choices is null || Asked != _asked ? TryAsync(ReadModelsAsync) : Task.CompletedTask;

    private async Task ReadModelsAsync()
    {
        _asked = Asked;
        var all = await models.AllAsync(Leaving);
        _choices = ModelChoice.Of(all, "classify", Asked);
        var found = ModelChoice.Find(_choices, all, Asked);
        _absent = found is null ? Asked : null;
        _model = (found ?? (_choices is [var usual, ..] ? usual : null))?.Name;
    }

    private Task TakeSampleAsync(SamplePicture sample) => _drop?.TakeAsync(sample.Address, sample.File) ?? Task.CompletedTask;

    private async Task AddAsync(PickedPicture picture)
    {
        var entry = new ClassifyEntry(picture);
        _entries.Insert(0, entry);
        if (_entries.Count > Kept)
        {
            _gone++;
            await RemoveAsync(_entries[Kept]);
        }
        StateHasChanged();
        await ClassifyAsync(entry);
    }

    private async Task RestartAsync()
    {
        foreach (var entry in _entries.Where(e => e.Picture.Problem is null && !e.IsBusy).ToList())
        {
            entry.Restart();
            await ClassifyAsync(entry);
        }
    }

    private async Task ClassifyAsync(ClassifyEntry entry)
    {
        await entry.AskAsync(sent => client.ClassifyAsync(sent, _model, Leaving));
        StateHasChanged();
    }

    private Task RemoveAsync(ClassifyEntry entry)
    {
        _entries.Remove(entry);
        return _drop?.ForgetAsync(entry.Picture) ?? Task.CompletedTask;
    }
}
