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

    private long Trained => Blocks().Where(b => b.Phases.Length > 0).Sum(b => b.Block.Parameters);

    private IEnumerable<(LayerSummary Block, string Phases)> Blocks() =>
        Outline.Blocks.Select((block, index) => (block, string.Join(", ", Plan.Phases.Where(phase => Trains(phase, index)).Select(phase => phase.Name))));

    private bool Trains(TrainingPhase phase, int index) => phase.Unfreeze switch
    {
        "none" => false,
        "all" => true,
        ['l', 'a', 's', 't', ':', .. var count] => index >= Outline.Blocks.Count - int.Parse(count, System.Globalization.CultureInfo.InvariantCulture),
        ['f', 'r', 'o', 'm', ':', .. var name] => index >= IndexOf(name),
        var name => index >= IndexOf(name),
    };

    private int IndexOf(string name) => Outline.Blocks.TakeWhile(block => block.Name != name).Count();
}
