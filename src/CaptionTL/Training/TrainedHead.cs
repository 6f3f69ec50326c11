using CaptionTL.Models;

namespace CaptionTL.Training;

/// <summary>What a task has learned, ready to be put into a bundle.</summary>
/// <param name="Network">The trained network; null where the head is no network. Disposed with this.</param>
/// <param name="Scores">On the dev split.</param>
/// <param name="State">Where training ended.</param>
/// <param name="Entries">The head's files, by their names in the bundle.</param>
/// <param name="Describe">Adds to the manifest what the head needs to be read again.</param>
internal sealed record TrainedHead(
    TransferNetwork? Network, RunScores Scores, TrainingState State, IReadOnlyDictionary<string, byte[]> Entries, Func<BundleManifest, BundleManifest> Describe) : IDisposable
{
    /// <summary>Whether its answers are held against the published network's own classes, which then go into the bundle.</summary>
    public bool ChecksThings { get; init; }

    public void Dispose() => Network?.Dispose();
}
