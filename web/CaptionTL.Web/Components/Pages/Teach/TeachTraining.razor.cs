using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>One button that trains what can be tried at once.</summary>
public sealed partial class TeachTraining : TeachingJob
{
    /// <summary>
    /// The captioner's usual values are for thousands of images. With some dozens: every word counts, small batches, more passes, and an
    /// average of the weights that forgets its beginning within them.
    /// </summary>
    internal static IReadOnlyList<string> FewCaptions { get; } =
        ["head.minimumWordFrequency=1", "phases[0].batchSize=16", "phases[0].epochs=30", "phases[0].patience=10",
            "phases[0].emaDecay=0.95"];

    /// <summary>There is something to learn from.</summary>
    [Parameter]
    public bool Enough { get; set; }

    /// <summary>Told when there is a model.</summary>
    [Parameter]
    public EventCallback Taught { get; set; }

    protected override string Plan => Set.Kind == DataSetKind.Classes ? PlanPresets.UsualFor("classify") : "caption";

    protected override IReadOnlyList<string>? Changes => Set.Kind == DataSetKind.Classes ? null : FewCaptions;

    protected override bool Promote => true;

    protected override int Priority => 10;

    protected override Task SucceededAsync() => Taught.InvokeAsync();
}
