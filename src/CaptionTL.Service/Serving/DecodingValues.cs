using CaptionTL.Heads;

namespace CaptionTL.Service.Serving;

/// <summary>The options of a request that say how words are chosen.</summary>
internal static class DecodingValues
{
    public static IReadOnlyList<string> Names { get; } = ["beam", "nBest", "minLength", "maxLength", "lengthNormalization", "noRepeat", "mirror", "checkThings", "topP", "temperature", "seed"];

    /// <exception cref="Api.ApiException">A value is not a number.</exception>
    public static DecodingChanges Read(RequestValues values) => new()
    {
        Beam = values.Whole("beam"),
        NBest = values.Whole("nBest"),
        MinLength = values.Whole("minLength"),
        MaxLength = values.Whole("maxLength"),
        LengthNormalization = values.Number("lengthNormalization"),
        NoRepeat = values.Whole("noRepeat"),
        Mirror = values.Choice("mirror"),
        CheckThings = values.Choice("checkThings"),
        TopP = values.Number("topP"),
        Temperature = values.Number("temperature"),
        Seed = values.Long("seed"),
    };
}
