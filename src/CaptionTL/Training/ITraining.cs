using CaptionTL.Models;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>
/// What the phases of a plan train: a network with its data, loss and scores. There are two kinds, <see cref="CaptionTraining"/> and
/// <see cref="ClassTraining"/>; the trainer knows nothing else about the task.
/// </summary>
public interface ITraining
{
    /// <summary>The head, with the backbone under it where a phase trains blocks of that; the caller disposes it.</summary>
    TransferNetwork Network { get; }

    /// <summary>Takes the embeddings of a phase's cut; the network has begun the phase already.</summary>
    void Begin(TrainingPhase phase, SplitEmbeddings embeddings);

    /// <summary>Batches of an epoch (from 0): the same for the same phase and epoch.</summary>
    IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch);

    /// <summary>Forward and backward pass of one batch; leaves the gradients alone where the loss is not finite.</summary>
    StepResult Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random);

    /// <summary>Scores the dev split; the network is in inference mode.</summary>
    /// <param name="progress">Called with the images done and their total.</param>
    /// <param name="cancellation">Checked between batches.</param>
    DevEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation);

    /// <summary>Leaves the run's report in its folder, and gives the trained head.</summary>
    /// <param name="run">Holds the best checkpoint, whose weights the network has.</param>
    /// <param name="data">Name of the data set.</param>
    /// <param name="state">Where training ended.</param>
    /// <param name="cancellation">Checked between batches.</param>
    TrainedHead Finish(RunFolder run, string data, TrainingState state, CancellationToken cancellation);
}

/// <summary>What one training step found.</summary>
/// <param name="Loss">The number that training minimises, before the step.</param>
public sealed record StepResult(float Loss)
{
    /// <summary>
    /// Other numbers, the same in every step of a phase, by the names they have in metrics.jsonl; their means are shown and kept.
    /// </summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}

/// <summary>What an evaluation on the dev split found.</summary>
/// <param name="Scores">The main one chooses the best epoch.</param>
/// <param name="Samples">Some answers, for the run folder's samples.</param>
/// <param name="Warning">Something the person at the keyboard should know now.</param>
public sealed record DevEvaluation(RunScores Scores, object Samples, string? Warning = null)
{
    /// <summary>Other numbers, which are logged but choose nothing, by the names they have in metrics.jsonl.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}

/// <summary>A trained head with its scores on the dev split.</summary>
/// <param name="Head">Ready to be put into a bundle.</param>
/// <param name="Scores">On the dev split.</param>
/// <param name="State">Where training ended.</param>
public sealed record TrainedHead(BundleHead Head, RunScores Scores, TrainingState State);
