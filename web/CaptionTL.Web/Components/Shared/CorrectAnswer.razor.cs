using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Shared;

/// <summary>A person's caption or class for an image, kept in a data set to learn from.</summary>
public sealed partial class CorrectAnswer : ApiComponent
{
    private readonly string _names = "names-" + Guid.NewGuid().ToString("N");
    private List<string> _sets = [];
    private string _text = "", _set = "";
    private string? _kept;

    [Parameter, EditorRequired]
    public PickedImage Image { get; set; } = null!;

    /// <summary>What an image has: captions or a class.</summary>
    [Parameter, EditorRequired]
    public DataSetKind Kind { get; set; }

    /// <summary>What answered; a data set of its name is where corrections go first.</summary>
    [Parameter, EditorRequired]
    public ModelUsed Model { get; set; } = null!;

    /// <summary>To begin with: a sentence is mended more often than written anew.</summary>
    [Parameter]
    public string Text { get; set; } = "";

    /// <summary>Classes to choose from; others can be written.</summary>
    [Parameter]
    public IEnumerable<string> Names { get; set; } = [];

    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>Told when the correction lies in the data set.</summary>
    [Parameter]
    public EventCallback Kept { get; set; }

    /// <summary>Data set for corrections where there is no other.</summary>
    private string Usual => Kind == DataSetKind.Captions ? "corrections" : "corrected-classes";

    protected override Task OnInitializedAsync()
    {
        (_text, _set) = (Text, Usual);
        return TryAsync(async () =>
        {
            _sets = [.. (await Sets.AllAsync()).Where(s => s.Kind == Kind).OrderByDescending(s => s.Name == Model.Name)
                .ThenByDescending(s => s.Changed).Select(s => s.Name)];
            _set = _sets is [var first, ..] ? first : Usual;
        });
    }

    private Task KeepAsync() => TryAsync(async () =>
    {
        if (!_sets.Contains(_set)) await Sets.CreateAsync(_set, Kind);
        await Sets.CorrectAsync(_set, Image, Kind == DataSetKind.Captions ? "caption" : "class",
            _text.Trim());
        _kept = _set;
        await Kept.InvokeAsync();
    });
}
