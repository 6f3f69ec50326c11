namespace CaptionTL.Web.Security;

/// <summary>Tells the browser to run and load only what comes from this host.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // Styles in attributes place bars and charts; pictures are shown from the visitor's memory (blob:).
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; " +
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
        // The API's own page brings its own inline script.
        if (!context.Request.Path.StartsWithSegments("/api")) headers.ContentSecurityPolicy = Policy;
        return next(context);
    }
}
