using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>A person's caption for a picture, kept in a data set to learn from.</summary>
public sealed partial class CorrectCaption(DataSetsClient sets) : ComponentBase
{
    /// <summary>Data set for corrections where there is no other.</summary>
    private const string Usual = "corrections";

    private List<string> _sets = [];
    private string _text = "", _set = Usual;
    private string? _kept;
    private ApiFailure? _failure;

    [Parameter, EditorRequired]
    public CaptionEntry Entry { get; set; } = null!;

    [Parameter]
    public EventCallback Closed { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _text = Entry.Caption?.Text ?? "";
        try
        {
            _sets = [.. (await sets.AllAsync()).Where(s => s.Kind == DataSetKind.Captions).OrderByDescending(s => s.Changed).Select(s => s.Name)];
            _set = _sets.FirstOrDefault() ?? Usual;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }

    private async Task KeepAsync()
    {
        _failure = null;
        try
        {
            if (!_sets.Contains(_set)) await sets.CreateAsync(_set, DataSetKind.Captions);
            await sets.CorrectAsync(_set, new SentPicture(Entry.Picture.Name, Entry.Picture.Bytes), "caption", _text.Trim());
            _kept = _set;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }
}
