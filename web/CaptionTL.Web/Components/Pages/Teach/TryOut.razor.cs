using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Pages.Caption;
using CaptionTL.Web.Components.Pages.Classify;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Pictures that the taught model has not seen, and what it says of them.</summary>
public sealed partial class TryOut(ClassifyClient classify, CaptionClient caption) : ComponentBase, IDisposable
{
    private readonly List<ClassifyEntry> _classified = [];
    private readonly List<CaptionEntry> _captioned = [];
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>Its name is the model's too.</summary>
    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private Task TryAsync(PickedPicture picture) => Set.Kind == DataSetKind.Classes ? ClassifyAsync(new ClassifyEntry(picture)) : CaptionAsync(new CaptionEntry(picture));

    private Task ClassifyAsync(ClassifyEntry entry)
    {
        _classified.Insert(0, entry);
        return AskAsync(entry.Picture, async sent => entry.Answer = await classify.ClassifyAsync(sent, Set.Name, _leaving.Token), failure => entry.Failure = failure);
    }

    private Task CaptionAsync(CaptionEntry entry)
    {
        _captioned.Insert(0, entry);
        return AskAsync(entry.Picture, async sent => entry.Answer = await caption.CaptionAsync(sent, new CaptionSettings { Model = Set.Name }, words => Show(entry, words), _leaving.Token), failure => entry.Failure = failure);
    }

    private void Show(CaptionEntry entry, string words)
    {
        entry.Words = words;
        StateHasChanged();
    }

    private async Task AskAsync(PickedPicture picture, Func<SentPicture, Task> ask, Action<ApiFailure> failed)
    {
        StateHasChanged();
        try
        {
            if (picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", problem);
            await ask(new SentPicture(picture.Name, picture.Bytes));
        }
        catch (ApiFailure failure)
        {
            failed(failure);
        }
        catch (OperationCanceledException)
        {
            return; // the visitor has left the page
        }
        StateHasChanged();
    }
}
