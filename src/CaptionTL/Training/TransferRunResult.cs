using CaptionTL.Models;

namespace CaptionTL.Training;

/// <summary>What a run has made.</summary>
/// <param name="Bundle">Path of the model bundle.</param>
/// <param name="Manifest">What is in it, the scores included.</param>
/// <param name="State">Where training ended.</param>
/// <param name="Skipped">Pictures that could not be read.</param>
/// <param name="Elapsed">Of this start.</param>
public sealed record TransferRunResult(string Bundle, BundleManifest Manifest, TrainingState State, int Skipped, TimeSpan Elapsed)
{
    /// <summary>A page with scores and pictures; null where the task has none.</summary>
    public string? Report { get; init; }
}
