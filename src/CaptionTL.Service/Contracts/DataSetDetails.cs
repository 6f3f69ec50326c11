using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>A data set with its history and what a check of it found.</summary>
/// <param name="Set">The data set.</param>
/// <param name="Changes">The newest first.</param>
/// <param name="LeftOut">What of the upload was left out, and why.</param>
/// <param name="Report">What the check found; null where it was not asked for.</param>
public sealed record DataSetDetails(DataSetInfo Set, IReadOnlyList<DataSetChange> Changes, IReadOnlyList<DatasetProblem> LeftOut, DataSetReport? Report);
