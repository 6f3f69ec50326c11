namespace CaptionTL.Training;

/// <summary>How one plan did in a race.</summary>
/// <param name="Plan">Its name.</param>
/// <param name="TrainShare">Of the training pictures that it learned from, 0 to 1.</param>
/// <param name="Outcome">Whether it came to its end.</param>
/// <param name="Scores">On the dev split; null where it did not come to its end.</param>
/// <param name="Elapsed">Of this start; the embeddings that the plan before has left in the cache cost nothing.</param>
/// <param name="BundleBytes">Size of the model.</param>
/// <param name="Bundle">The model; null where there is none.</param>
public sealed record RaceEntry(string Plan, double TrainShare, RaceOutcome Outcome, RunScores? Scores, TimeSpan Elapsed, long BundleBytes, string? Bundle);
