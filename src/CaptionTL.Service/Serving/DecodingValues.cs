using CaptionTL.Heads;

namespace CaptionTL.Service.Serving;

/// <summary>The options of a request that say how words are chosen; what is not given is the model's own.</summary>
internal static class DecodingValues
{
    public static IReadOnlyList<string> Names { get; } = ["beam", "nBest", "minLength", "maxLength", "lengthNormalization", "noRepeat", "topP", "temperature", "seed"];

    /// <exception cref="CaptionTLException">A value is out of range.</exception>
    public static DecodingOptions Resolve(RequestValues values, DecodingOptions model)
    {
        var (nBest, minimum, maximum, topP) = (values.Whole("nBest") ?? model.NBest, values.Whole("minLength"), values.Whole("maxLength"), values.Number("topP"));
        return (model with
        {
            Beam = values.Whole("beam") ?? (topP is null ? Math.Max(model.Beam, nBest) : model.Beam),
            NBest = nBest,
            MinLength = minimum ?? Math.Min(model.MinLength, maximum ?? model.MinLength),
            MaxLength = maximum ?? Math.Max(model.MaxLength, minimum ?? model.MaxLength),
            LengthNormalization = values.Number("lengthNormalization") ?? model.LengthNormalization,
            NoRepeat = values.Whole("noRepeat") ?? model.NoRepeat,
            TopP = topP ?? model.TopP,
            Temperature = values.Number("temperature") ?? model.Temperature,
            Seed = values.Long("seed") ?? model.Seed,
        }).Validated();
    }
}
