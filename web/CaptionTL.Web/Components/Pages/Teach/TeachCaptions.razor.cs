using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Pictures with the sentences that a person writes; each is kept as soon as its field is left.</summary>
public sealed partial class TeachCaptions(DataSetsClient sets) : ApiComponent
{
    /// <summary>Pictures with a sentence that a training needs: some for each split.</summary>
    private const int Fewest = 5;

    /// <summary>The latest are shown.</summary>
    private const int Shown = 60;

    private readonly List<DataSetPicture> _pictures = []; // the newest first
    private int _more, _moreDescribed; // older pictures, and those of them that have a caption

    /// <summary>As it was when the page was opened.</summary>
    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>Told whether there is enough to learn from.</summary>
    [Parameter]
    public EventCallback<bool> EnoughChanged { get; set; }

    private bool Enough => _moreDescribed + _pictures.Count(p => p.Captions is { Count: > 0 }) >= Fewest;

    protected override Task OnInitializedAsync() => DoAsync(async () =>
    {
        _more = Math.Max(0, Set.Pictures - Shown);
        _pictures.AddRange((await sets.PicturesAsync(Set.Name, _more, Shown, new PictureQuery(), Leaving)).Pictures.Reverse());
        _moreDescribed = Set.Pictures - Set.Undescribed - _pictures.Count(p => p.Captions is { Count: > 0 });
    });

    private Task AddAsync(PickedPicture picture) => DoAsync(async () =>
    {
        foreach (var one in await sets.AddAsync(Set.Name, picture, label: null, Leaving)) _pictures.Insert(0, one);
    });

    private Task DescribeAsync(DataSetPicture picture, string text) => DoAsync(async () =>
    {
        var sentences = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var changed = await sets.ChangeAsync(Set.Name, picture.Id, new DataSetPictureChange(Captions: sentences), Leaving);
        _pictures[_pictures.IndexOf(picture)] = changed;
    });

    private static string Text(DataSetPicture picture) => string.Join('\n', picture.Captions ?? []);

    private Task DoAsync(Func<Task> what) => TryAsync(async () =>
    {
        await what();
        await EnoughChanged.InvokeAsync(Enough);
    });
}
