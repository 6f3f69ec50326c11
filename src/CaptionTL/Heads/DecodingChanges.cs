namespace CaptionTL.Heads;

/// <summary>What somebody asks for of <see cref="DecodingOptions"/>, by the same names; null leaves it to the model.</summary>
public sealed record DecodingChanges
{
    public int? Beam { get; init; }

    public double? LengthNormalization { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? NoRepeat { get; init; }

    public bool? Mirror { get; init; }

    public bool? CheckThings { get; init; }

    public int? NBest { get; init; }

    public double? TopP { get; init; }

    public double? Temperature { get; init; }

    public long? Seed { get; init; }

    /// <summary>
    /// The model's options with these in their place. Where only one of two that bound each other is asked for, the other gives way:
    /// the beam to the number of captions, the least length to the greatest and the greatest to the least.
    /// </summary>
    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public DecodingOptions Over(DecodingOptions model)
    {
        var nBest = NBest ?? model.NBest;
        return (model with
        {
            Beam = Beam ?? (TopP is null ? Math.Max(model.Beam, nBest) : model.Beam),
            NBest = nBest,
            MinLength = MinLength ?? Math.Min(model.MinLength, MaxLength ?? model.MinLength),
            MaxLength = MaxLength ?? Math.Max(model.MaxLength, MinLength ?? model.MaxLength),
            LengthNormalization = LengthNormalization ?? model.LengthNormalization,
            NoRepeat = NoRepeat ?? model.NoRepeat,
            Mirror = Mirror ?? model.Mirror,
            CheckThings = CheckThings ?? model.CheckThings,
            TopP = TopP ?? model.TopP,
            Temperature = Temperature ?? model.Temperature,
            Seed = Seed ?? model.Seed,
        }).Validated();
    }
}
