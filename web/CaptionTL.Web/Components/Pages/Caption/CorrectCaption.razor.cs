using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>A person's caption for a picture, kept in a data set to learn from.</summary>
public sealed partial class CorrectCaption(DataSetsClient sets) : ApiComponent
{
    /// <summary>Data set for corrections where there is no other.</summary>
    private const string Usual = "corrections";

    private List<string> _sets = [];
    private string _text = "", _set = Usual;
    private string? _kept;

    [Parameter, EditorRequired]
    public CaptionEntry Entry { get; set; } = null!;

    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>Told when the correction lies in the data set.</summary>
    [Parameter]
    public EventCallback Kept { get; set; }

    protected override Task OnInitializedAsync()
    {
        _text = Entry.Caption?.Text ?? "";
        return TryAsync(async () =>
        {
            _sets = [.. (await sets.AllAsync()).Where(s => s.Kind == DataSetKind.Captions).OrderByDescending(s => s.Changed).Select(s => s.Name)];
            _set = _sets.FirstOrDefault() ?? Usual;
        });
    }

    private Task KeepAsync() => TryAsync(async () =>
    {
        if (!_sets.Contains(_set)) await sets.CreateAsync(_set, DataSetKind.Captions);
        await sets.CorrectAsync(_set, new SentPicture(Entry.Picture.Name, Entry.Picture.Bytes), "caption", _text.Trim());
        _kept = _set;
        await Kept.InvokeAsync();
    });
}
