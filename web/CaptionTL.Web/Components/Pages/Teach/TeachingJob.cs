using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using CaptionTL.Web.Visitors;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>
/// A training of what is taught, by one plan, and what comes of it. It goes on without the page, and is found again when the page is
/// opened.
/// </summary>
public abstract class TeachingJob : ApiComponent
{
    private long? _followed;

    [Inject]
    private protected VisitorJobs Jobs { get; set; } = null!;

    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>The latest training by the plan; null before the first.</summary>
    protected Job? Training { get; private set; }

    /// <summary>Whether <see cref="Training"/> has been looked for.</summary>
    protected bool HasLooked { get; private set; }

    protected bool Active => Training?.State.IsActive() == true;

    /// <summary>Name of the plan.</summary>
    protected abstract string Plan { get; }

    /// <summary>Values in which a training on some dozens of images differs from the plan.</summary>
    protected abstract IReadOnlyList<string>? Changes { get; }

    /// <summary>Whether the new model answers at once.</summary>
    protected abstract bool Promote { get; }

    /// <summary>Before jobs of a smaller one.</summary>
    protected abstract int Priority { get; }

    /// <summary>Whether a training of earlier counts.</summary>
    protected virtual bool IsRecent(Job job) => true;

    /// <summary>There is a model.</summary>
    protected virtual Task SucceededAsync() => Task.CompletedTask;

    protected override async Task OnInitializedAsync()
    {
        await TryAsync(async () =>
        {
            var trainings = (await Jobs.TrainingsAsync(Set.Name, Set.Name, Leaving))
                .Where(job => job.PlanName == Plan && IsRecent(job)).ToList();
            Training = trainings.Find(job => job.State.IsActive()) ?? (trainings is [var latest, ..] ? latest : null);
        });
        HasLooked = true;
    }

    // Not while the page is rendered ahead: that would wait for the training's end.
    protected override void OnAfterRender(bool firstRender)
    {
        if (!Active || _followed == Training!.Id) return;
        _followed = Training.Id;
        _ = FollowAsync(Training.Id);
    }

    protected Task TrainAsync() => TryAsync(async () => Training = await Jobs.StartAsync(
        new JobRequest
        {
            Kind = JobKind.Train,
            Data = Set.Name,
            Model = Set.Name,
            Plan = JsonSerializer.SerializeToElement(Plan),
            Set = Changes,
            Promote = Promote,
            Priority = Priority,
        }, Leaving));

    private Task FollowAsync(long id) => TryAsync(async () =>
    {
        await foreach (var job in Jobs.FollowAsync(id, Leaving))
        {
            Training = job;
            if (job.State == JobState.Succeeded) await SucceededAsync();
            StateHasChanged();
        }
    });
}
