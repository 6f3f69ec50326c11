namespace CaptionTL.Service.Contracts;

/// <summary>Which classes a run takes for which, on its dev pictures.</summary>
/// <param name="Classes">Names.</param>
/// <param name="Counts">A row for each class that pictures are of, in it how many were taken for each class.</param>
public sealed record RunConfusion(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<int>> Counts);
