namespace CaptionTL.Service.Api;

/// <summary>Values of enumerations as the API writes and reads them: their names in lower case, never their numbers.</summary>
internal static class EnumNames
{
    public static string Of(Enum value) => value.ToString().ToLowerInvariant();

    /// <param name="text">In any case.</param>
    /// <param name="field">Where it stands, for the message.</param>
    /// <exception cref="ApiException">It is none of the names.</exception>
    public static T Parse<T>(string text, string field) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Of(value).Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        throw ApiException.Invalid($"'{field}' must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => Of(v)))}.");
    }
}
