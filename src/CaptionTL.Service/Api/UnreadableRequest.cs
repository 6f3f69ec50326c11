using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Api;

/// <summary>What is wrong with a request that no endpoint could be asked with, for whoever sent it: in its own words, without the names of our types.</summary>
internal static partial class UnreadableRequest
{
    private const string Hint = "The description of the API under /api says what there is, with examples.";

    public static ApiException Explain(BadHttpRequestException failure) => new(failure.StatusCode, "invalid_request", failure.InnerException switch
    {
        JsonException json when Missing().Match(json.Message) is { Success: true } missing => $"The request lacks {missing.Groups[1].Value}.",
        JsonException json when Unknown().Match(json.Message) is { Success: true } unknown => $"The request has '{unknown.Groups[1].Value}', which means nothing here.",
        JsonException { Path: { Length: > 2 } path } json when !IsSyntax(json) => $"The value of '{path[2..]}' is none that can be used there.",
        JsonException { LineNumber: { } line, BytePositionInLine: { } at } => FormattableString.Invariant($"The request is not well-formed JSON, or cut off (line {line + 1}, byte {at + 1})."),
        null when Value().Match(failure.Message) is { Success: true } value => $"'{value.Groups[1].Value}' has a value that it cannot have.",
        null when failure.Message.Contains("no body", StringComparison.Ordinal) => "The request has no body.",
        _ => "The request could not be read.",
    }, Hint);

    // The reader's own exceptions; a value of another kind than is wanted has none inside, or one of a converter.
    private static bool IsSyntax(JsonException e) => e.InnerException is JsonException;

    [GeneratedRegex("missing required properties including: (.+?)\\.")]
    private static partial Regex Missing();

    [GeneratedRegex("Failed to bind parameter \"\\S+ (\\w+)\"")]
    private static partial Regex Value();

    [GeneratedRegex("The JSON property '([^']*)' could not be mapped")]
    private static partial Regex Unknown();
}
