namespace CaptionTL.Captions;

/// <summary>How words are chosen.</summary>
public sealed record DecodingOptions
{
    /// <summary>Captions followed at once; 1 takes the likeliest word each time (greedy).</summary>
    public int Beam { get; init; } = 3;

    /// <summary>
    /// Exponent a of the length in a caption's score, log P / length^a: 0 prefers short captions, 1 compares means per word.
    /// </summary>
    public double LengthNormalization { get; init; } = 0.8;

    /// <summary>Words, the end not counted.</summary>
    public int MinLength { get; init; } = 3;

    /// <summary>Words, the end not counted.</summary>
    public int MaxLength { get; init; } = 30;

    /// <summary>Runs of this many words occur at most once in a caption, and no word follows itself; 0 allows any.</summary>
    public int NoRepeat { get; init; } = 3;

    /// <summary>
    /// Reads the image together with its mirror image, as the mean of the two embeddings (see <see cref="MirroredGrid"/>): the network
    /// computes twice for somewhat better captions.
    /// </summary>
    public bool Mirror { get; init; }

    /// <summary>
    /// Holds captions against the pretrained network's own classes and writes those again that it contradicts (see
    /// <see cref="ThingCheck"/>); without effect where those classes are not at hand.
    /// </summary>
    public bool CheckThings { get; init; }

    /// <summary>Of an image, embedded: the image itself, and its mirror image where that is read too.</summary>
    internal int Views => Mirror ? 2 : 1;

    /// <summary>
    /// Captions returned for each image, best first: at most <see cref="Beam"/>, or where words are drawn so many samples; never more
    /// than 64.
    /// </summary>
    public int NBest { get; init; } = 1;

    /// <summary>
    /// Draw words at random from the smallest set whose probability reaches this, instead of beam search (nucleus sampling, Holtzman et
    /// al., 2020).
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>Divides the scores before sampling: below 1 bolder, above 1 more varied.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Of the random numbers for sampling.</summary>
    public long Seed { get; init; } = 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public DecodingOptions Validated()
    {
        if (Beam is < 1 or > 64) throw Wrong("beam", Beam, "from 1 to 64");
        if (MinLength < 0) throw Wrong("minimum length", MinLength, "at least 0");
        if (MaxLength is < 1 or > 200 || MaxLength < MinLength)
            throw Wrong("maximum length", MaxLength, "from 1 to 200 and no less than the minimum");
        if (NoRepeat < 0) throw Wrong("no-repeat length", NoRepeat, "at least 0");
        if (NBest is < 1 or > 64 || (TopP is null && NBest > Beam))
            throw Wrong("number of captions", NBest, TopP is null ? "at least 1 and at most the beam" : "from 1 to 64");
        if (TopP is not (null or (> 0 and <= 1))) throw Wrong("top-p", TopP!, "above 0 and at most 1");
        if (!(Temperature > 0) || !double.IsFinite(Temperature)) throw Wrong("temperature", Temperature, "above 0");
        if (!double.IsFinite(LengthNormalization)) throw Wrong("length normalisation", LengthNormalization, "a number");
        return this;
    }

    private static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The {name} is {value}; it must be {range}."));
}

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
