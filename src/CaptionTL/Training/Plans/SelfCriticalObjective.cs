namespace CaptionTL.Training.Plans;

/// <summary>
/// The CIDEr-D of what the decoder writes by itself: of each training picture it draws several captions, and those better than the
/// others of their picture become likelier, those worse less likely (self-critical sequence training, Rennie et al., 2017; the other
/// captions as baseline, Luo, 2020, "A better variant of self-critical sequence training"). Captions only, and only after a phase that
/// has taught the decoder to write. The scores soon rise on the training pictures alone, so such a phase wants few epochs, a small
/// rate and the head's full dropout; the phase's <see cref="TrainingPhase.BatchSize"/> counts the captions drawn.
/// </summary>
public sealed record SelfCriticalObjective : TrainingObjective
{
    /// <summary>Captions drawn of each picture; their rewards are compared with each other.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>
    /// Divides the scores before a caption is drawn, and where its probability is made larger: below 1 bolder. A decoder that was trained with
    /// label smoothing gives every word of the vocabulary a little probability, so at 1 most captions have a wrong word in them.
    /// </summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>A caption that has not ended by itself is cut off here, words.</summary>
    public int MaximumWords { get; init; } = 22;

    public override TrainingObjective Validated(TrainingPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        if (Samples is < 2 or > 100) throw phase.Wrong("objective's number of samples", Samples, "from 2 to 100");
        if (!(Temperature > 0) || !double.IsFinite(Temperature)) throw phase.Wrong("objective's temperature", Temperature, "above 0");
        if (MaximumWords is < 1 or > 200) throw phase.Wrong("objective's maximum of words", MaximumWords, "from 1 to 200");
        if (phase.BatchSize < Samples) throw phase.Wrong("batch size", phase.BatchSize, $"at least the {Samples} samples of one picture");
        return this;
    }
}
