using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Images with the sentences that a person writes; each is kept as soon as its field is left.</summary>
public sealed partial class TeachCaptions : ApiComponent
{
    /// <summary>Images with a sentence that a training needs: some for each split.</summary>
    private const int Fewest = 5;

    /// <summary>The latest are shown.</summary>
    private const int Shown = 60;

    private readonly List<DataSetImage> _images = []; // the newest first
    private int _more, _moreDescribed; // older images, and those of them that have a caption

    /// <summary>As it was when the page was opened.</summary>
    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>Told whether there is enough to learn from.</summary>
    [Parameter]
    public EventCallback<bool> EnoughChanged { get; set; }

    private bool Enough => _moreDescribed + _images.Count(p => p.Captions is { Count: > 0 }) >= Fewest;

    protected override Task OnInitializedAsync() => DoAsync(async () =>
    {
        _more = Math.Max(0, Set.Images - Shown);
        _images.AddRange((await Sets.ImagesAsync(Set.Name, new ImageQuery(), _more, Shown)).Images.Reverse());
        _moreDescribed = Set.Images - Set.Undescribed - _images.Count(p => p.Captions is { Count: > 0 });
    });

    private Task AddAsync(PickedImage image) => DoAsync(async () =>
    {
        foreach (var one in await Sets.AddAsync(Set.Name, image, label: null)) _images.Insert(0, one);
    });

    private Task DescribeAsync(DataSetImage image, string text) => DoAsync(async () =>
    {
        var sentences = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var changed = await Sets.ChangeAsync(Set.Name, image.Id, new DataSetImageChange(Captions: sentences));
        _images[_images.IndexOf(image)] = changed;
    });

    private static string Text(DataSetImage image) => string.Join('\n', image.Captions ?? []);

    private Task DoAsync(Func<Task> what) => TryAsync(async () =>
    {
        await what();
        await EnoughChanged.InvokeAsync(Enough);
    });
}
