using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Pages.Classify;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>Classes by example: pictures go to a data set as they are shown, training is a job of seconds, the answer can be tried at once.</summary>
public sealed partial class TeachPage(DataSetsClient sets, JobsClient jobs, ClassifyClient classify, ModelsClient models) : ComponentBase, IDisposable
{
    /// <summary>Examples a class needs.</summary>
    private const int Fewest = 3;

    /// <summary>Thumbnails shown of a class.</summary>
    private const int Shown = 12;

    private readonly List<TaughtClass> _classes = [];
    private readonly List<ClassifyEntry> _tried = [];
    private readonly CancellationTokenSource _leaving = new();
    private ApiFailure? _failure;
    private Job? _job;
    private bool _isTaught;
    private string _newClass = "";

    [Parameter]
    public string Name { get; set; } = "";

    private bool Enough => _classes.Count(c => c.Pictures > 0) >= 2 && _classes.All(c => c.Pictures == 0 || c.Pictures >= Fewest);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override Task OnInitializedAsync() => DoAsync(async () =>
    {
        var set = (await sets.GetAsync(Name, cancel: _leaving.Token)).Set;
        foreach (var known in set.Classes)
        {
            var item = new TaughtClass(known.Name) { Pictures = known.Pictures };
            var page = await sets.PicturesAsync(Name, Math.Max(0, known.Pictures - Shown), Shown, new PictureQuery(Class: known.Name), _leaving.Token);
            item.Thumbnails.AddRange(page.Pictures.Reverse().Select(p => DataSetsClient.ThumbnailAddress(Name, p.Id)));
            _classes.Add(item);
        }
        _isTaught = (await models.AllAsync(_leaving.Token)).Any(m => m.Name == Name && m.InUse is not null);
    });

    private void AddClass()
    {
        var name = _newClass.Trim();
        if (name.Length > 0 && _classes.All(c => !string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))) _classes.Add(new TaughtClass(name));
        _newClass = "";
    }

    private Task AddAsync(TaughtClass item, PickedPicture picture) => DoAsync(async () =>
    {
        if (picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", $"{picture.Name}: {problem}");
        var added = await sets.AddAsync(Name, new SentPicture(picture.Name, picture.Bytes), item.Name, _leaving.Token);
        if (added.LeftOut is [var left, ..]) throw new ApiFailure(422, "left_out", $"{picture.Name}: {left.Reason}");
        foreach (var one in added.Pictures) item.Thumbnails.Insert(0, DataSetsClient.ThumbnailAddress(Name, one.Id));
        if (item.Thumbnails.Count > Shown) item.Thumbnails.RemoveRange(Shown, item.Thumbnails.Count - Shown);
        item.Pictures += added.Pictures.Count;
    });

    private Task TrainAsync() => DoAsync(async () =>
    {
        var request = new JobRequest { Kind = JobKind.Train, Data = Name, Model = Name, Plan = JsonSerializer.SerializeToElement("features+logistic"), Promote = true, Priority = 10 };
        _job = await jobs.StartAsync(request, _leaving.Token);
        await foreach (var job in jobs.FollowAsync(_job.Id, _leaving.Token))
        {
            _job = job;
            _isTaught |= job.State == JobState.Succeeded;
            StateHasChanged();
        }
    });

    private Task TryAsync(PickedPicture picture) => DoAsync(async () =>
    {
        var entry = new ClassifyEntry(picture);
        _tried.Insert(0, entry);
        StateHasChanged();
        try
        {
            if (picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", problem);
            entry.Answer = await classify.ClassifyAsync(new SentPicture(picture.Name, picture.Bytes), Name, _leaving.Token);
        }
        catch (ApiFailure failure)
        {
            entry.Failure = failure;
        }
    });

    private async Task DoAsync(Func<Task> what)
    {
        _failure = null;
        try
        {
            await what();
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
        StateHasChanged();
    }
}
