namespace CaptionTL.Training;

/// <summary>How far a plan came in a race.</summary>
public enum RaceOutcome
{
    Finished,

    /// <summary>The time was over while it trained; the same race with more time goes on from there.</summary>
    CutOff,

    /// <summary>The time was over before it began.</summary>
    NotBegun,
}
