namespace CaptionTL.Training.Plans;

/// <summary>The probability of what people wrote: each word after the true words before it, or each picture's label.</summary>
public sealed record CrossEntropyObjective : TrainingObjective
{
    public override TrainingObjective Validated(TrainingPhase phase) => this;
}
