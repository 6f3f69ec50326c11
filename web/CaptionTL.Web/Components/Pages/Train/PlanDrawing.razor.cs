using CaptionTL.Backbones;
using CaptionTL.Training.Plans;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>A backbone block by block, and which phase changes which.</summary>
public sealed partial class PlanDrawing : ComponentBase
{
    [Parameter, EditorRequired]
    public BackboneSummary Outline { get; set; } = null!;

    [Parameter, EditorRequired]
    public TransferPlan Plan { get; set; } = null!;

    private string Head => Plan.Head switch
    {
        CaptionHeadPlan => "writer",
        ClassicalHeadPlan => "classical model",
        _ => "classes",
    };

    private IReadOnlyList<PlanBlock> Used => [.. PlanBlock.Of(Outline, Plan).Where(b => b.IsUsed)];
}
