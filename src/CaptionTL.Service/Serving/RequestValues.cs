using System.Globalization;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.Serving;

/// <summary>Options of a request by name, from whichever place they came.</summary>
internal sealed class RequestValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ApiException">The option was given twice.</exception>
    public void Add(string name, string value)
    {
        if (!_values.TryAdd(name, value)) throw ApiException.Invalid($"The option '{name}' is given more than once.");
    }

    /// <exception cref="ApiException">There is an option of another name.</exception>
    public void RefuseOthers(params IReadOnlyList<string> known)
    {
        if (_values.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw ApiException.Invalid($"There is no option '{unknown}'.", $"These are there: {string.Join(", ", known)}.");
    }

    public string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public int? Whole(string name) => Parse<int>(name, "a whole number");

    public long? Long(string name) => Parse<long>(name, "a whole number");

    public double? Number(string name) => Parse<double>(name, "a number");

    public bool Flag(string name) => Choice(name) ?? false;

    public bool? Choice(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "0" or "false" => false,
        "1" or "true" or "on" => true,
        _ => throw ApiException.Invalid($"The option '{name}' is '{Text(name)}'; it must be true or false."),
    };

    private T? Parse<T>(string name, string what) where T : struct, IParsable<T> => Text(name) switch
    {
        null => null,
        var text when T.TryParse(text, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw ApiException.Invalid($"The option '{name}' is '{text}'; it must be {what}."),
    };
}
