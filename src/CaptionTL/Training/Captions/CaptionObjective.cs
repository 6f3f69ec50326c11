using CaptionTL.Evaluation;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training.Captions;

/// <summary>How a phase teaches the decoder: its batches, and what becomes of one.</summary>
internal abstract class CaptionObjective
{
    /// <inheritdoc cref="ILearner.Batches"/>
    public abstract IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch);

    /// <inheritdoc cref="ILearner.Backpropagate"/>
    public abstract LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random);

    /// <summary>What else the objective knows of the dev captions, beside their scores.</summary>
    public virtual IReadOnlyDictionary<string, double> MeasuresOf(IReadOnlyList<EvaluatedCaption> dev) => TrainingState.NoMeasures;

    // Pictures see different views in one epoch, and each another one in each epoch.
    protected static int View(int index, int epoch, int views) => (int)((index + (long)epoch) % views);
}
