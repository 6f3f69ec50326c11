using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using CaptionTL.Web.Visitors;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Jobs;

/// <summary>A job while it runs and after; leaving the page does not stop it.</summary>
public sealed partial class JobPage : ApiComponent
{
    /// <summary>Curves are fetched at most this often.</summary>
    private static readonly TimeSpan CurvesEvery = TimeSpan.FromSeconds(2);

    private static readonly HashSet<string> MainScores = ["ciderD", "bleu4", "accuracy", "macroF1", "devReward"];

    private bool _following;
    private RunCurves _curves = new();
    private DateTime _curvesAt;
    private IReadOnlyList<RunSamples> _samples = [];
    private Job? _job;

    [Parameter]
    public long Id { get; set; }

    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        _job = await Jobs.GetAsync(Id, Leaving);
        await FetchCurvesAsync();
    });

    protected override void OnAfterRender(bool firstRender)
    {
        // The first rendering may come before the job has been read.
        if (_following || _job is null) return;
        _following = true;
        _ = FollowAsync();
    }

    private Task FollowAsync() => TryAsync(async () =>
    {
        await foreach (var job in Jobs.FollowAsync(Id, Leaving))
        {
            _job = job;
            if (DateTime.UtcNow - _curvesAt > CurvesEvery || !job.State.IsActive()) await FetchCurvesAsync();
            StateHasChanged();
        }
    });

    /// <summary>What a button changed; goes on following where it was resumed.</summary>
    private void Show(Job job)
    {
        var resumed = _job?.State.IsActive() == false && job.State.IsActive();
        _job = job;
        if (resumed) _ = FollowAsync();
    }

    private async Task FetchCurvesAsync()
    {
        if (_job?.Kind != JobKind.Train) return;
        _curvesAt = DateTime.UtcNow;
        try
        {
            var came = await Runs.MetricsAsync(Id, null, _curves.Next, Leaving);
            if (came.Next < _curves.Next)
            {
                _curves = new RunCurves();
                came = await Runs.MetricsAsync(Id, null, 0, Leaving);
            }
            var measured = Measured;
            _curves.Add(came.Lines, came.Next);
            // A run writes its samples before it notes the epoch's scores.
            if (Measured != measured) _samples = await Runs.SamplesAsync(Id, null, Leaving);
        }
        catch (ApiException)
        {
            // nothing measured so far; the job itself says what is wrong
        }
    }

    /// <summary>Scores noted so far: more after every epoch, fewer where an earlier one was taken up again.</summary>
    private int Measured => _curves.Scores.Sum(score => _curves.Score(score).Count);

    private static bool Shown(string score) => MainScores.Contains(score);

    private static string Title(Job job) => job.Kind switch
    {
        JobKind.Train => $"Training {job.Model} on {job.Data}",
        JobKind.Race => $"Race of plans on {job.Data}",
        JobKind.Evaluate => $"Scoring {job.Model} on {job.Data}",
        JobKind.Embed => $"Embedding {job.Data}",
        _ => $"Asking {job.Model} about {job.Data}",
    };

    private static string Spoken(Job job) => $"{job.State} {job.Progress?.Phase}";
}
