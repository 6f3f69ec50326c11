namespace CaptionTL.Service.Contracts;

/// <summary>Answers of a model during its training, to the same dev pictures each time.</summary>
/// <param name="Name">Phase and epoch: "main-003".</param>
/// <param name="Samples">At most 20.</param>
public sealed record RunSamples(string Name, IReadOnlyList<JobSample> Samples);
