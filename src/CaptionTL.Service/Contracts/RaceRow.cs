namespace CaptionTL.Service.Contracts;

/// <summary>How a plan did in a race.</summary>
/// <param name="Plan">Its name.</param>
/// <param name="TrainShare">Of the training pictures that it learned from, 0 to 1.</param>
/// <param name="Outcome">"finished", "cutOff" or "notBegun".</param>
/// <param name="Scores">On the dev split; null where it did not come to its end.</param>
/// <param name="Seconds">It took.</param>
/// <param name="Bytes">Size of its model.</param>
public sealed record RaceRow(string Plan, double TrainShare, string Outcome, IReadOnlyDictionary<string, double>? Scores, double Seconds, long Bytes);
