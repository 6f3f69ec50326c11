using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>What the trainer trains: a network with its data, loss and scores. The trainer knows nothing else about the task.</summary>
public interface ILearner
{
    TransferNetwork Network { get; }

    /// <summary>Gets the embeddings of the phase's cut ready; the network has been told of the phase before.</summary>
    void Begin(TrainingPhase phase, CancellationToken cancellation);

    /// <summary>Batches of an epoch (from 0): the same for the same phase and epoch.</summary>
    IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch);

    /// <summary>Forward and backward pass of one batch; leaves the gradients alone where the loss is no number.</summary>
    /// <returns>The loss, and what else there is to know of the step.</returns>
    LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random);

    /// <summary>Scores the dev split; the network is in inference mode.</summary>
    LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation);
}
