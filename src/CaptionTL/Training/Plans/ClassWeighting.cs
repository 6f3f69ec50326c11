namespace CaptionTL.Training.Plans;

/// <summary>How much a picture counts in training, by its class.</summary>
public enum ClassWeighting
{
    /// <summary>Every picture the same.</summary>
    None,

    /// <summary>Every class the same: a picture counts the inverse of its class's share (scikit-learn's "balanced").</summary>
    Balanced,
}
