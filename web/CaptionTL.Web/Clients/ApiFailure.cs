namespace CaptionTL.Web.Clients;

/// <summary>The API said no, or could not be reached; says why and what to do, for the page.</summary>
/// <param name="status">HTTP status; 0 where there was no answer.</param>
/// <param name="code">For programs: "picture_damaged".</param>
/// <param name="message">For people.</param>
/// <param name="hint">What to do next.</param>
public sealed class ApiFailure(int status, string code, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    public int Status => status;

    public string Code => code;

    public string? Hint => hint;

    public bool NeedsKey => status is 401 or 403;
}
