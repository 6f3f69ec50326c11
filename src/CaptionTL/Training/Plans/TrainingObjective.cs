using System.Text.Json.Serialization;

namespace CaptionTL.Training.Plans;

/// <summary>What a phase makes better. In a plan file "kind" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CrossEntropyObjective), "crossEntropy")]
[JsonDerivedType(typeof(SelfCriticalObjective), "selfCritical")]
public abstract record TrainingObjective
{
    /// <exception cref="CaptionTLException">A value is out of range; the message names phase and value.</exception>
    public abstract TrainingObjective Validated(TrainingPhase phase);
}
