using CaptionTL.Classes;
using CaptionTL.Images;

namespace CaptionTL.Training.Plans;

/// <summary>
/// Named plans: the ways of reusing a network that most people want. Each can be printed as a short file and edited.
/// </summary>
public static class PlanPresets
{
    /// <summary>Name, what it does, and the plan; in the order they are shown.</summary>
    public static IReadOnlyList<(string Name, string Description, TransferPlan Plan)> All { get; } =
    [
        ("features+logistic", "The frozen network's last features, logistic regression on them; seconds once the features are cached",
            Classes with { Head = new ClassicalHeadPlan { Model = ClassicalKind.LogisticRegression } }),
        ("features+svm", "The frozen network's last features, a support vector machine on them; C and gamma by cross-validation",
            Classes with { Head = new ClassicalHeadPlan { Model = ClassicalKind.KernelSvm } }),
        ("features+linear-svm", "The same with a linear kernel",
            Classes with { Head = new ClassicalHeadPlan { Model = ClassicalKind.LinearSvm } }),
        ("features+knn", "The frozen network's last features, the vote of the nearest training images",
            Classes with { Head = new ClassicalHeadPlan { Model = ClassicalKind.NearestNeighbours } }),
        ("features+dense", "The frozen network's last features, a layer of 256 units and softmax, trained from the cache",
            Classes with { Views = 4, Head = new DenseHeadPlan { Hidden = [256], Dropout = 0.5 }, Phases = [Head("head", 30)] }),
        ("warmup+finetune", "A new last layer, first alone, then together with the network's last three blocks at a smaller rate",
            Classes with { Views = 4, Head = new DenseHeadPlan(), Phases = [Head("warm-up", 20), LastBlocks(epochs: 10)] }),
        ("caption", "An LSTM with attention that writes sentences, on the frozen network's last grid", Captions),
        ("caption+finetune", "The same, then the network's last three blocks together with it, at two rates",
            Captions with { Phases = [.. Captions.Phases, WordsAndLastBlocks(epochs: 4)] }),
        ("caption+scst", "The same as caption, then what raises CIDEr-D of the sentences it writes by itself (self-critical training)",
            Captions with { Phases = [.. Captions.Phases, SelfCritical(epochs: 2)] }),
        ("caption+scst-long",
            "The same with twice the views of every image and more epochs: better captions, for about an hour of training",
            Captions with { Views = 8, Phases = [Words(epochs: 8), SelfCritical(epochs: 3)] }),
    ];

    /// <summary>The shortest plan of a captioner.</summary>
    public static TransferPlan Caption => Find("caption");

    /// <summary>Name of the default plan for a task.</summary>
    /// <param name="task">"caption" or "classify".</param>
    public static string DefaultFor(string task) => task == "classify" ? "features+logistic" : "caption+scst";

    /// <exception cref="CaptionTLException">There is no such preset; the message lists them.</exception>
    public static TransferPlan Find(string name) =>
        All.FirstOrDefault(p => p.Name == name).Plan ?? throw new CaptionTLException($"There is no plan named '{name}', and no such "
            + $"file. The named plans: {string.Join(", ", All.Select(p => p.Name))}.");

    // Captions describe the whole image, so nothing is cropped.
    private static TransferPlan Captions => new() { Head = new CaptionHeadPlan(), Phases = [Words(epochs: 6)] };

    private static TrainingPhase Words(int epochs) => new() { Epochs = epochs, ScheduledSampling = 0.25 };

    private static TrainingPhase WordsAndLastBlocks(int epochs) => Words(epochs) with
    {
        Name = "fine-tune", Unfreeze = "last:3", BatchSize = 140, CaptionsTogether = 5, LearningRate = 3e-4, BackboneRate = 0.33,
        Patience = 2,
    };

    private static TrainingPhase SelfCritical(int epochs) => new()
    {
        Name = "self-critical", Objective = new SelfCriticalObjective(), Epochs = epochs, BatchSize = 150, LearningRate = 5e-5,
        EmaDecay = 0.99, Patience = 1,
    };

    private static TransferPlan Classes => new() { Resize = ResizeMode.Squash, Views = 1, Head = new ClassicalHeadPlan() };

    private static TrainingPhase Head(string name, int epochs) => new()
    {
        Name = name, Epochs = epochs, BatchSize = 32, LearningRate = 2e-3, EmaDecay = 0.98, Patience = 10, LabelSmoothing = 0.05,
    };

    private static TrainingPhase LastBlocks(int epochs) => new()
    {
        Name = "fine-tune", Unfreeze = "last:3", Epochs = epochs, BatchSize = 16, LearningRate = 3e-4, BackboneRate = 0.3,
        EmaDecay = 0.98, WeightDecay = 0.02,
    };
}
