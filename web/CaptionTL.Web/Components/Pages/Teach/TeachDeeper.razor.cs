using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>
/// A second training behind the quick one, in which the network's last blocks learn too; its model answers when the visitor says so.
/// </summary>
public sealed partial class TeachDeeper : TeachingJob
{
    private bool _isUsed;

    /// <summary>The quick training that it stands behind.</summary>
    [Parameter, EditorRequired]
    public Job Quick { get; set; } = null!;

    /// <summary>With its scores.</summary>
    [Parameter, EditorRequired]
    public JobResult QuickResult { get; set; } = null!;

    protected override string Plan => Set.Kind == DataSetKind.Classes ? "warmup+finetune" : "caption+finetune";

    protected override IReadOnlyList<string>? Changes =>
        Set.Kind == DataSetKind.Classes ? null : [.. TeachTraining.FewCaptions, "phases[1].batchSize=20", "phases[1].epochs=10",
            "phases[1].emaDecay=0.95"];

    protected override bool Promote => false;

    /// <summary>Behind the quick trainings of others.</summary>
    protected override int Priority => -10;

    protected override bool IsRecent(Job job) => job.Id > Quick.Id;

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        if (Training?.Result?.Version is { } version)
            await TryAsync(async () => _isUsed = (await Models.AllAsync(Leaving)).Any(m => m.Name == Set.Name && m.InUse == version));
    }

    private bool IsBetter(JobResult deeper) => MainScoreOf(deeper) > MainScoreOf(QuickResult);

    private string Verdict(JobResult deeper)
    {
        var scores = $"{Units.ScoreName(deeper.MainScore!)} {Units.Score(MainScoreOf(deeper))}, the quick one has "
            + $"{Units.Score(MainScoreOf(QuickResult))}";
        return _isUsed ? $"In use: {scores}." : IsBetter(deeper) ? $"It is better: {scores}." : $"It is no better: {scores}.";
    }

    private static double MainScoreOf(JobResult result) => result.Scores![result.MainScore!];

    private Task UseAsync(JobResult result) => TryAsync(async () =>
    {
        await Models.PromoteAsync(Set.Name, result.Version);
        _isUsed = true;
    });
}
