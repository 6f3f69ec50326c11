namespace CaptionTL.Service.Api;

/// <summary>An answer that says why not: becomes ProblemDetails with the code and the hint.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">For programs; never changes: "picture_too_large".</param>
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
