using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>One button that trains, and what comes of it.</summary>
public sealed partial class TeachTraining(JobsClient jobs) : ApiComponent
{
    // The captioner's usual values are for thousands of pictures. With some dozens: every word counts, small batches, more passes, and an
    // average of the weights that forgets its beginning within them.
    private static readonly string[] FewCaptions =
        ["head.minimumWordFrequency=1", "phases[0].batchSize=16", "phases[0].epochs=30", "phases[0].patience=10", "phases[0].emaDecay=0.95"];

    private Job? _job;

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

    private Task TrainAsync() => TryAsync(async () =>
    {
        _job = await jobs.StartAsync(Request, Leaving);
        await foreach (var job in jobs.FollowAsync(_job.Id, Leaving))
        {
            _job = job;
            if (job.State == JobState.Succeeded) await Taught.InvokeAsync();
            StateHasChanged();
        }
    });
}
