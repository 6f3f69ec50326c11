using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Training.Plans;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>A block of a backbone, and what a plan does with it.</summary>
/// <param name="Block">Its numbers.</param>
/// <param name="Phases">Names of the phases that train it; empty where it stays frozen.</param>
/// <param name="IsUsed">False behind the block that the head reads.</param>
public sealed record PlanBlock(LayerSummary Block, string Phases, bool IsUsed)
{
    public bool Trains => Phases.Length > 0;

    public static IReadOnlyList<PlanBlock> Of(BackboneSummary outline, TransferPlan plan)
    {
        ArgumentNullException.ThrowIfNull(outline);
        ArgumentNullException.ThrowIfNull(plan);
        var last = plan.Layer is { } layer ? IndexOf(outline, layer) : outline.Blocks.Count - 1;
        return
        [
            .. outline.Blocks.Select((block, index) => new PlanBlock(
                block, index > last ? "" : string.Join(", ", plan.Phases.Where(phase => index >= FirstTrained(outline, phase))
                    .Select(phase => phase.Name)), index <= last)),
        ];
    }

    private static int FirstTrained(BackboneSummary outline, TrainingPhase phase) => phase.Unfreeze switch
    {
        "none" => outline.Blocks.Count,
        "all" => 0,
        ['l', 'a', 's', 't', ':', .. var count] => outline.Blocks.Count - int.Parse(count, CultureInfo.InvariantCulture),
        ['f', 'r', 'o', 'm', ':', .. var name] => IndexOf(outline, name),
        var name => IndexOf(outline, name),
    };

    private static int IndexOf(BackboneSummary outline, string name) => outline.Blocks.TakeWhile(block => block.Name != name).Count();
}
