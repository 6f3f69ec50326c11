using CaptionTL.Classes;
using CaptionTL.Training.Plans;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>A plan in plain words.</summary>
public static class PlanExplanation
{
    public static IEnumerable<string> Of(TransferPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        yield return "The network has learned from a million photos what edges, textures and parts of things look like. Every image "
            + "goes through it once; what it sees is kept, so that later training is quick.";
        yield return plan.Head switch
        {
            ClassicalHeadPlan head => $"{Name(head)} learns your classes from that in one go, within seconds. The network itself does "
                + $"not change.",
            DenseHeadPlan { Hidden.Count: > 0 } => "A small layer and one score for each class learn on top of it.",
            DenseHeadPlan => "A new last layer, one score for each class, learns on top of it.",
            _ => "A writer (an LSTM) learns to put a sentence into words, looking at one part of the image after the other.",
        };
        foreach (var phase in plan.Phases)
            yield return phase.Unfreeze == "none"
                ? $"“{phase.Name}”: {Units.Count(phase.Epochs, "pass", "passes")} over the images; the network stays frozen."
                : $"“{phase.Name}”: {Units.Count(phase.Epochs, "pass", "passes")} in which training reaches {Blocks(phase.Unfreeze)} "
                + $"too, carefully, at a smaller rate. This is slower, and worth it with hundreds of images or more.";
        if (plan.Phases.Count > 0)
            yield return "After each pass the model is tried on images it has not learned from; the best one is kept.";
    }

    private static string Name(ClassicalHeadPlan head) => head.Model switch
    {
        ClassicalKind.LogisticRegression => "Logistic regression",
        ClassicalKind.NearestNeighbours => "The vote of the most similar images",
        _ => "A support vector machine",
    };

    private static string Blocks(string unfreeze) => unfreeze switch
    {
        "all" => "the whole network",
        "last:1" => "the network's last block",
        _ when unfreeze.StartsWith("last:", StringComparison.Ordinal) => $"the last {unfreeze[5..]} blocks of the network",
        _ => $"the network {unfreeze.Replace("from:", "from ", StringComparison.Ordinal)}",
    };
}
