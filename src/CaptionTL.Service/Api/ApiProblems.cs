using CaptionTL.Images;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Api;

/// <summary>Every failure as ProblemDetails (RFC 9457) with "code" and "hint"; what is not meant for the caller goes to the log only.</summary>
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
        if (exception is ApiException && problem.Status >= 500) Refused(logger, context.Request.Method, context.Request.Path, problem.Message);
        else if (problem.Status >= 500) Failed(logger, exception, context.Request.Method, context.Request.Path);
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var details = new ProblemDetails { Status = problem.Status, Title = problem.Message, Extensions = { ["code"] = problem.Code } };
        if (problem.Hint is not null) details.Extensions["hint"] = problem.Hint;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details, Exception = exception });
    }

    /// <summary>What the caller is told of a failure.</summary>
    public static ApiException Translate(Exception exception) => exception switch
    {
        ApiException api => api,
        ImageException image => Of(image),
        CaptionTLException { IsInput: true } input => ApiException.Invalid(DiscreetText.Of(input.Message)),
        BadHttpRequestException { StatusCode: 413 } => new ApiException(413, "request_too_large", "The request is larger than this server takes.", "Send fewer or smaller pictures at once."),
        BadHttpRequestException bad => UnreadableRequest.Explain(bad),
        _ => new ApiException(500, "internal_error", "Something failed inside the service; it has been logged.", "Try again; if it stays, tell whoever runs this service the time of this answer."),
    };

    private static ApiException Of(ImageException image) => image.Problem switch
    {
        ImageProblem.TooLarge => new ApiException(413, "picture_too_large", image.Message, "Scale it down before sending; the network looks at some hundred pixels a side."),
        ImageProblem.UnknownFormat => new ApiException(415, "picture_format_unknown", image.Message, "Send JPEG, PNG, WebP, GIF, BMP or TIFF."),
        ImageProblem.UnsupportedVariant => new ApiException(415, "picture_variant_unsupported", image.Message, "Save it again as an ordinary JPEG or PNG."),
        ImageProblem.Empty => new ApiException(400, "picture_empty", image.Message, "Send the bytes of a picture."),
        _ => new ApiException(422, "picture_damaged", image.Message, "Open it in a picture viewer and save it again."),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: {Reason}")]
    private static partial void Refused(ILogger logger, string method, PathString path, string reason);
}
