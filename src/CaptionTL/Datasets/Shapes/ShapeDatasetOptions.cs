namespace CaptionTL.Datasets.Shapes;

/// <summary>A data set of drawn shapes.</summary>
public sealed record ShapeDatasetOptions
{
    /// <summary>In all; every fifth is for development.</summary>
    public int Pictures { get; init; } = 300;

    /// <summary>Pixels.</summary>
    public int Side { get; init; } = 160;

    /// <summary>A folder for each shape instead of captions.</summary>
    public bool Classes { get; init; }

    /// <summary>Sentences for each picture.</summary>
    public int Captions { get; init; } = 5;

    public ulong Seed { get; init; } = 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public ShapeDatasetOptions Validated()
    {
        if (Pictures is < 10 or > 100_000) throw Wrong("number of pictures", Pictures, "from 10 to 100,000");
        if (Side is < 16 or > 2048) throw Wrong("side", Side, "from 16 to 2048 pixels");
        if (Captions is < 1 or > 50) throw Wrong("number of captions a picture", Captions, "from 1 to 50");
        return this;
    }

    private static CaptionTLException Wrong(string name, int value, string range) => new(FormattableString.Invariant($"The {name} is {value}; it must be {range}."));
}
