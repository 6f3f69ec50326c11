using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using CaptionTL.Web.Visitors;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Classes, and the images that show them.</summary>
public sealed partial class TeachClasses : ApiComponent
{
    /// <summary>Examples a class needs.</summary>
    private const int Fewest = 3;

    /// <summary>Thumbnails shown of a class.</summary>
    private const int Shown = 12;

    private readonly List<TaughtClass> _classes = [];
    private string _newClass = "";

    /// <summary>As it was when the page was opened.</summary>
    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>Told whether there is enough to learn from.</summary>
    [Parameter]
    public EventCallback<bool> EnoughChanged { get; set; }

    private bool Enough => _classes.Count(c => c.Images > 0) >= 2 && _classes.All(c => c.Images == 0 || c.Images >= Fewest);

    protected override Task OnInitializedAsync() => DoAsync(async () =>
    {
        foreach (var known in Set.Classes)
        {
            var item = new TaughtClass(known.Name) { Images = known.Images };
            var page = await Sets.ImagesAsync(Set.Name, new ImageQuery { Class = known.Name }, Math.Max(0, known.Images - Shown),
                Shown);
            item.Thumbnails.AddRange(page.Images.Reverse().Select(p => ApiAddress.Thumbnail(Set.Name, p.Id)));
            _classes.Add(item);
        }
    });

    private void AddClass()
    {
        var name = _newClass.Trim();
        if (name.Length > 0 && _classes.All(c => !string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)))
            _classes.Add(new TaughtClass(name));
        _newClass = "";
    }

    private Task AddAsync(TaughtClass item, PickedImage image) => DoAsync(async () =>
    {
        foreach (var one in await Sets.AddAsync(Set.Name, image, item.Name))
        {
            item.Thumbnails.Insert(0, ApiAddress.Thumbnail(Set.Name, one.Id));
            item.Images++;
        }
        if (item.Thumbnails.Count > Shown) item.Thumbnails.RemoveRange(Shown, item.Thumbnails.Count - Shown);
    });

    private Task DoAsync(Func<Task> what) => TryAsync(async () =>
    {
        await what();
        await EnoughChanged.InvokeAsync(Enough);
    });
}
