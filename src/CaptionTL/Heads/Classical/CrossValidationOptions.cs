namespace CaptionTL.Heads.Classical;

/// <summary>How cross-validation goes about.</summary>
public sealed record CrossValidationOptions
{
    /// <summary>Parts, at least 2; fewer are made where the second largest class has fewer pictures.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Of the parts.</summary>
    public ulong Seed { get; init; }

    public ClassicalGrid Grid { get; init; } = new();
}
