namespace CaptionTL.Service.Contracts;

/// <summary>What the model being trained says of a dev picture.</summary>
/// <param name="Id">The picture's name in its data set.</param>
public sealed record JobSample(string Id)
{
    public string? Caption { get; init; }

    /// <summary>Of <see cref="Caption"/> against <see cref="References"/>.</summary>
    public double? CiderD { get; init; }

    /// <summary>Captions that people wrote.</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>The class that people gave.</summary>
    public string? Truth { get; init; }

    /// <summary>The class that the model gives.</summary>
    public string? Predicted { get; init; }

    /// <summary>Of <see cref="Predicted"/>.</summary>
    public double? Probability { get; init; }
}
