using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Classify;

/// <summary>Pictures in, classes with probabilities out.</summary>
public sealed partial class ClassifyPage(ClassifyClient client, ModelsClient models) : ComponentBase, IDisposable
{
    /// <summary>Pictures kept on the page; the oldest go first.</summary>
    private const int Kept = 48;

    private readonly List<ClassifyEntry> _entries = [];
    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<Model>? _models;
    private ApiFailure? _failure;
    private string? _model;
    private double _threshold = 0.5;

    /// <summary>The model to begin with.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Asked { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _models = [.. (await models.AllAsync(_leaving.Token)).Where(m => m is { Task: "classify", InUse: not null })];
            _model = _models.OrderByDescending(m => m.Name == Asked).ThenByDescending(m => m.Default).FirstOrDefault()?.Name;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }

    private async Task AddAsync(PickedPicture picture)
    {
        var entry = new ClassifyEntry(picture);
        _entries.Insert(0, entry);
        if (_entries.Count > Kept) _entries.RemoveAt(Kept);
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
        try
        {
            if (entry.Picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", problem, "Choose another picture.");
            entry.Answer = await client.ClassifyAsync(new SentPicture(entry.Picture.Name, entry.Picture.Bytes), _model, _leaving.Token);
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

    private void Remove(ClassifyEntry entry) => _entries.Remove(entry);
}
