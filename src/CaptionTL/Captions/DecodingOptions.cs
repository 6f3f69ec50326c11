using System.Globalization;
using System.Text.Json.Serialization;

namespace CaptionTL.Captions;

/// <summary>
/// How words are chosen. <see cref="DecodingOption.All"/> describes every option for the command line, the API and the pages; plans and
/// bundles hold this record.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>Captions that beam search follows at once; 1 takes the most probable word each time (greedy).</summary>
    public int Beam { get; init; } = 3;

    /// <summary>
    /// Exponent a of the length in a caption's score, log P / length^a: 0 favours short captions, 1 compares means per word.
    /// </summary>
    public double LengthNormalization { get; init; } = 0.8;

    /// <summary>Words, the end not counted.</summary>
    public int MinLength { get; init; } = 3;

    /// <summary>Words, the end not counted.</summary>
    public int MaxLength { get; init; } = 30;

    /// <summary>Runs of this many words occur at most once in a caption, and no word follows itself; 0 allows any.</summary>
    public int NoRepeat { get; init; } = 3;

    /// <summary>
    /// Decodes from the mean of the embeddings of the image and of its mirror image (see <see cref="MirroredGrid"/>): the network
    /// computes twice for somewhat better captions.
    /// </summary>
    public bool Mirror { get; init; }

    /// <summary>
    /// Label-constrained decoding: compares captions with the pretrained network's own classes and rewrites those that they contradict
    /// (see <see cref="LabelConstraints"/>); without effect where those classes are not available.
    /// </summary>
    [JsonPropertyName("checkThings")]
    public bool CheckLabels { get; init; }

    /// <summary>Images to embed for each image: itself, and with <see cref="Mirror"/> its mirror image.</summary>
    internal int Views => Mirror ? 2 : 1;

    /// <summary>
    /// Captions returned for each image, best first: at most <see cref="Beam"/> of beam search, or so many samples; never more than 64.
    /// </summary>
    public int NBest { get; init; } = 1;

    /// <summary>
    /// Samples words from the smallest set whose probability reaches this, instead of beam search (nucleus sampling, Holtzman et al.,
    /// 2020).
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>Divides the scores before sampling: below 1 is more conservative, above 1 more varied.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Seed of the random numbers for sampling.</summary>
    public long Seed { get; init; } = 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public DecodingOptions Validated()
    {
        foreach (var option in DecodingOption.All) option.Check(option.Get(this));
        if (MaxLength < MinLength) throw Wrong("maximum length", MaxLength, $"at least the minimum length, {MinLength}");
        if (TopP is null && NBest > Beam) throw Wrong("number of captions", NBest, $"at most the beam width, {Beam}");
        return this;

        static CaptionTLException Wrong(string name, int value, string range) => new($"The {name} is {value}; it must be {range}.");
    }

    /// <summary>
    /// These options with others in their place. Where only one of two that bound each other is given, the other gives way: the beam to
    /// the number of captions, the minimum length to the maximum and the maximum to the minimum.
    /// </summary>
    /// <param name="given">Values as text, by the names of <see cref="DecodingOption.All"/>; null values are as good as none.</param>
    /// <exception cref="CaptionTLException">A value cannot be read or is out of range; the message names it.</exception>
    public DecodingOptions With(IReadOnlyDictionary<string, string?> given)
    {
        var options = DecodingOption.All.Aggregate(this, (changed, option) =>
            given.GetValueOrDefault(option.Name) is { } text ? option.Set(changed, text) : changed);
        if (!Given("beam") && !Given("topP")) options = options with { Beam = Math.Max(options.Beam, options.NBest) };
        if (!Given("minLength")) options = options with { MinLength = Math.Min(options.MinLength, options.MaxLength) };
        if (!Given("maxLength")) options = options with { MaxLength = Math.Max(options.MinLength, options.MaxLength) };
        return options.Validated();

        bool Given(string name) => given.GetValueOrDefault(name) is not null;
    }
}

/// <summary>What kind of value an option takes.</summary>
public enum DecodingKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,
}

/// <summary>One of the <see cref="DecodingOptions"/>, as it is offered, explained and read from text everywhere.</summary>
/// <param name="Name">In the API and in JSON: "minLength". On the command line: --min-length.</param>
/// <param name="Label">For a field on a page, and in messages.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="Least">Lower bound; <see cref="double.Epsilon"/> for anything above 0, <see cref="double.MinValue"/> for none.</param>
/// <param name="Most">Upper bound; <see cref="double.MaxValue"/> for none.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Get">The value as a number; null where it is a Boolean or not set.</param>
/// <param name="Put">The options with another value.</param>
public sealed record DecodingOption(string Name, string Label, DecodingKind Kind, double Least, double Most, string Help,
    Func<DecodingOptions, double?> Get, Func<DecodingOptions, string, DecodingOptions> Put)
{
    private const double None = double.MaxValue;

    public static IReadOnlyList<DecodingOption> All { get; } =
    [
        new("beam", "Beam width", DecodingKind.Integer, 1, 64, "Number of captions that beam search follows; 1 is greedy search",
            o => o.Beam, (o, text) => o with { Beam = Parse<int>(text) }),
        new("nBest", "Number of captions", DecodingKind.Integer, 1, 64, "Number of captions returned for each image, best first",
            o => o.NBest, (o, text) => o with { NBest = Parse<int>(text) }),
        new("minLength", "Minimum length", DecodingKind.Integer, 0, None, "Minimum number of words in a caption",
            o => o.MinLength, (o, text) => o with { MinLength = Parse<int>(text) }),
        new("maxLength", "Maximum length", DecodingKind.Integer, 1, 200, "Maximum number of words in a caption",
            o => o.MaxLength, (o, text) => o with { MaxLength = Parse<int>(text) }),
        new("lengthNormalization", "Length normalization", DecodingKind.Number, -None, None,
            "Exponent of the length that log probabilities are divided by: 0 favours short captions, 1 ranks by the mean per word",
            o => o.LengthNormalization, (o, text) => o with { LengthNormalization = Parse<double>(text) }),
        new("noRepeat", "No-repeat length", DecodingKind.Integer, 0, None,
            "No run of this many words occurs twice in a caption, and no word follows itself; 0 allows any repetition",
            o => o.NoRepeat, (o, text) => o with { NoRepeat = Parse<int>(text) }),
        new("mirror", "Mirror image", DecodingKind.Boolean, 0, 1, "Decode from the mean embedding of the image and its mirror image",
            _ => null, (o, text) => o with { Mirror = ParseBoolean(text) }),
        new("checkThings", "Label-constrained decoding", DecodingKind.Boolean, 0, 1,
            "Label-constrained decoding: rewrite captions that contradict the class labels of the pretrained network",
            _ => null, (o, text) => o with { CheckLabels = ParseBoolean(text) }),
        new("topP", "Top-p", DecodingKind.Number, double.Epsilon, 1,
            "Sample words from the smallest set whose probabilities add up to this (nucleus sampling), instead of beam search",
            o => o.TopP, (o, text) => o with { TopP = Parse<double>(text) }),
        new("temperature", "Temperature", DecodingKind.Number, double.Epsilon, None,
            "Sampling temperature: below 1 is more conservative, above 1 more varied",
            o => o.Temperature, (o, text) => o with { Temperature = Parse<double>(text) }),
        new("seed", "Seed", DecodingKind.Integer, -None, None, "Seed of the random numbers for sampling",
            o => o.Seed, (o, text) => o with { Seed = Parse<long>(text) }),
    ];

    /// <summary>Which values are allowed: "from 1 to 64".</summary>
    public string Range => (Kind, Least, Most) switch
    {
        (DecodingKind.Boolean, _, _) => "true or false",
        (DecodingKind.Integer, -None, _) => "a whole number",
        (_, -None, _) => "a number",
        (_, double.Epsilon, None) => "above 0",
        (_, double.Epsilon, _) => FormattableString.Invariant($"above 0 and at most {Most}"),
        (_, _, None) => FormattableString.Invariant($"at least {Least}"),
        _ => FormattableString.Invariant($"from {Least} to {Most}"),
    };

    /// <summary>The options with the value that a text stands for.</summary>
    /// <exception cref="CaptionTLException">The text cannot be read, or the value is out of range.</exception>
    public DecodingOptions Set(DecodingOptions options, string text)
    {
        try
        {
            var changed = Put(options, text);
            Check(Get(changed));
            return changed;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Wrong(text);
        }
    }

    /// <exception cref="CaptionTLException">The value is out of range.</exception>
    internal void Check(double? value)
    {
        if (value is { } number && !(number >= Least && number <= Most)) throw Wrong(number);
    }

    private CaptionTLException Wrong(object value) =>
        new(FormattableString.Invariant($"The {char.ToLowerInvariant(Label[0])}{Label[1..]} is {value}; it must be {Range}."));

    private static T Parse<T>(string text) where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static bool ParseBoolean(string text) => text.ToLowerInvariant() switch
    {
        "0" or "false" => false,
        "1" or "true" or "on" => true,
        _ => throw new FormatException(),
    };
}
