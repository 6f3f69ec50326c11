namespace CaptionTL.Datasets;

/// <summary>Something of a data set that is left out, and why.</summary>
/// <param name="Where">File, and line where there is one ("captions.csv:12"), relative to the data set.</param>
/// <param name="Reason">In words, for the person whose data it is.</param>
public sealed record DatasetProblem(string Where, string Reason);
