using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Training.Plans;
using TorchSharp;

namespace CaptionTL.Training;

/// <summary>What a task needs to learn.</summary>
/// <param name="Plan">Validated.</param>
/// <param name="Planned">The pretrained network.</param>
/// <param name="Encoder">The frozen network up to the head's layer.</param>
/// <param name="Embeddings">At a cut; training pictures in live versions where an augmentation is given.</param>
/// <param name="Run">Where checkpoints go.</param>
/// <param name="Progress">Told from the calling thread.</param>
internal sealed record LearningContext(
    TransferPlan Plan, PlannedBackbone Planned, CnnEncoder Encoder, Func<string, Augmentation?, CancellationToken, SplitEmbeddings> Embeddings, RunFolder Run, IProgress<RunProgress>? Progress)
{
    /// <summary>The head alone where no phase trains more, otherwise with the backbone under it.</summary>
    public TransferNetwork Network(torch.nn.Module head) => Plan.TrainsBackbone
        ? new TransferNetwork(head, Planned.Network(), Encoder.Cut, Plan.Phases, Planned.Preprocessing)
        : new TransferNetwork(head, Encoder.Cut);

    /// <summary>Carries out the plan's phases.</summary>
    public TrainingState Train(ILearner learner, CancellationToken cancellation) =>
        new Trainer(Plan, learner, Run).Train(Progress is null ? null : new TrainingProgressText(Progress), cancellation);
}
