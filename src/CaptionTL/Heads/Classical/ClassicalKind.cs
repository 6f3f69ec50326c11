namespace CaptionTL.Heads.Classical;

/// <summary>The conventional models.</summary>
public enum ClassicalKind
{
    /// <summary><see cref="Classical.LogisticRegression"/>.</summary>
    LogisticRegression,

    /// <summary><see cref="Classical.LinearSvm"/>.</summary>
    LinearSvm,

    /// <summary><see cref="Classical.KernelSvm"/>.</summary>
    KernelSvm,

    /// <summary><see cref="Classical.NearestNeighbours"/>.</summary>
    NearestNeighbours,

    /// <summary><see cref="Classical.NearestClassMean"/>.</summary>
    NearestClassMean,
}
