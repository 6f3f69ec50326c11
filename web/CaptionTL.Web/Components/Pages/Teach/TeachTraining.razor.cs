using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>One button that trains, and what comes of it. A training goes on without the page, and is found again when the page is opened.</summary>
public sealed partial class TeachTraining(JobsClient jobs) : ApiComponent
{
    // The captioner's usual values are for thousands of pictures. With some dozens: every word counts, small batches, more passes, and an
    // average of the weights that forgets its beginning within them.
    private static readonly string[] FewCaptions =
        ["head.minimumWordFrequency=1", "phases[0].batchSize=16", "phases[0].epochs=30", "phases[0].patience=10", "phases[0].emaDecay=0.95"];

    private Job? _job;
    private bool _hasLooked;
    private long? _followed;

    [Parameter, EditorRequired]
    public DataSetInfo Set { get; set; } = null!;

    /// <summary>There is something to learn from.</summary>
    [Parameter]
    public bool Enough { get; set; }

    /// <summary>Told when there is a model.</summary>
    [Parameter]
    public EventCallback Taught { get; set; }

    private JobRequest Request => new()
    {
        Kind = JobKind.Train,
        Data = Set.Name,
        Model = Set.Name,
        Plan = JsonSerializer.SerializeToElement(Set.Kind == DataSetKind.Classes ? PlanPresets.UsualFor("classify") : "caption"),
        Set = Set.Kind == DataSetKind.Classes ? null : FewCaptions,
        Promote = true,
        Priority = 10,
    };

    protected override async Task OnInitializedAsync()
    {
        await TryAsync(async () =>
        {
            var trainings = await jobs.TrainingsAsync(Set.Name, Set.Name, Leaving);
            _job = trainings.FirstOrDefault(job => job.State.IsActive()) ?? (trainings is [var latest, ..] ? latest : null);
        });
        _hasLooked = true;
    }

    // Not while the page is rendered ahead: that would wait for the training's end.
    protected override void OnAfterRender(bool firstRender)
    {
        if (_job?.State.IsActive() != true || _followed == _job.Id) return;
        _followed = _job.Id;
        _ = FollowAsync(_job.Id);
    }

    private Task TrainAsync() => TryAsync(async () => _job = await jobs.StartAsync(Request, Leaving));

    private Task FollowAsync(long id) => TryAsync(async () =>
    {
        await foreach (var job in jobs.FollowAsync(id, Leaving))
        {
            _job = job;
            if (job.State == JobState.Succeeded) await Taught.InvokeAsync();
            StateHasChanged();
        }
    });
}
