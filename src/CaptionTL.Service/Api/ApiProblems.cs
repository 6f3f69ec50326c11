using System.Text.Json;
using System.Text.RegularExpressions;
using CaptionTL.Images;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Api;

/// <summary>
/// Every failure as ProblemDetails (RFC 9457) with "code" and "hint"; what is not meant for the caller goes to the log only.
/// </summary>
internal sealed partial class ApiProblems(IProblemDetailsService problems, ILogger<ApiProblems> logger) : IExceptionHandler
{
    /// <summary>Nobody is left to read the answer (nginx's number for it).</summary>
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return true;
        }
        var problem = Translate(exception);
        // A refusal is meant (a busy service refuses by the hundred) and needs no stack trace; anything else of this kind is a fault.
        if (exception is ApiException && problem.Status >= 500)
            Refused(logger, context.Request.Method, context.Request.Path, problem.Message);
        else if (problem.Status >= 500) Failed(logger, exception, context.Request.Method, context.Request.Path);
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var details = new ProblemDetails { Status = problem.Status, Title = problem.Message, Extensions = { ["code"] = problem.Code } };
        if (problem.Hint is not null) details.Extensions["hint"] = problem.Hint;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details,
            Exception = exception });
    }

    /// <summary>What the caller is told of a failure.</summary>
    public static ApiException Translate(Exception exception) => exception switch
    {
        ApiException api => api,
        ImageException image => Of(image),
        CaptionTLException { IsInput: true } input => ApiException.Invalid(DiscreetText.Of(input.Message)),
        BadHttpRequestException { StatusCode: 413 } =>
            new ApiException(413, "request_too_large", "The request is larger than this server takes.",
            "Send fewer or smaller images at once."),
        BadHttpRequestException bad => UnreadableRequest.Explain(bad),
        _ => new ApiException(500, "internal_error", "Something failed inside the service; it has been logged.",
            "Try again; if it stays, tell whoever runs this service the time of this answer."),
    };

    private static ApiException Of(ImageException image) => image.Problem switch
    {
        ImageProblem.TooLarge => new ApiException(413, "image_too_large", image.Message, "Scale it down before sending; the network "
            + "looks at some hundred pixels a side."),
        ImageProblem.UnknownFormat =>
            new ApiException(415, "image_format_unknown", image.Message, "Send JPEG, PNG, WebP, GIF, BMP or TIFF."),
        ImageProblem.UnsupportedVariant =>
            new ApiException(415, "image_variant_unsupported", image.Message, "Save it again as an ordinary JPEG or PNG."),
        ImageProblem.Empty => new ApiException(400, "image_empty", image.Message, "Send the bytes of an image."),
        _ => new ApiException(422, "image_damaged", image.Message, "Open it in an image viewer and save it again."),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: {Reason}")]
    private static partial void Refused(ILogger logger, string method, PathString path, string reason);
}

/// <summary>An answer that says why not: becomes ProblemDetails with the code and the hint.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">For programs; never changes: "image_too_large".</param>
/// <param name="message">What is wrong, for people; tells nothing of the machine.</param>
/// <param name="hint">What to do next.</param>
public sealed class ApiException(int status, string code, string message, string? hint = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public string? Hint => hint;

    /// <summary>Seconds for Retry-After, where trying again helps.</summary>
    public int? RetryAfter { get; init; }

    public static ApiException NotFound(string what, string hint) => new(404, "not_found", what, hint);

    public static ApiException Invalid(string message, string? hint = null) => new(400, "invalid_request", message, hint);
}

/// <summary>
/// What is wrong with a request that no endpoint could be asked with, for whoever sent it: in its own words, without the names of our
/// types.
/// </summary>
internal static partial class UnreadableRequest
{
    private const string Hint = "The description of the API under /api says what there is, with examples.";

    public static ApiException Explain(BadHttpRequestException failure) =>
        new(failure.StatusCode, "invalid_request", failure.InnerException switch
    {
        JsonException json when Missing().Match(json.Message) is { Success: true } missing =>
            $"The request lacks {missing.Groups[1].Value}.",
        JsonException json when Unknown().Match(json.Message) is { Success: true } unknown =>
            $"The request has '{unknown.Groups[1].Value}', which means nothing here.",
        JsonException { Path: { Length: > 2 } path } json when !IsSyntax(json) =>
            $"The value of '{path[2..]}' is none that can be used there.",
        JsonException { LineNumber: { } line, BytePositionInLine: { } at } =>
            FormattableString.Invariant($"The request is not well-formed JSON, or cut off (line {line + 1}, byte {at + 1})."),
        null when Value().Match(failure.Message) is { Success: true } value =>
            $"'{value.Groups[1].Value}' has a value that it cannot have.",
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

/// <summary>
/// Texts of the library for people who are elsewhere: of a path only the last name is left, so that nothing is told of the machine.
/// </summary>
internal static partial class DiscreetText
{
    public static string Of(string text) => Folders().Replace(text, "");

    // The folders of an absolute path, but not of an address (http://…), nor a fraction (1/2) or "and/or".
    [GeneratedRegex(@"(?<![\w:/.])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:*?""'<>|,;!]+[\\/])+")]
    private static partial Regex Folders();
}
