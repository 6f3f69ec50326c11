namespace CaptionTL.Web.Security;

/// <summary>Tells the browser what pages may run and load: only what comes from this host. Reports of runs may be shown within our pages.</summary>
internal sealed class PagePolicy(RequestDelegate next)
{
    // Styles in attributes place bars and charts; pictures are shown from the visitor's memory (blob:).
    private const string Pages =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; " +
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private const string Reports = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        var (path, headers) = (context.Request.Path, context.Response.Headers);
        if (path.StartsWithSegments("/api/v1/runs") && path.Value!.EndsWith("/report", StringComparison.Ordinal))
        {
            headers.XFrameOptions = "SAMEORIGIN";
            headers.ContentSecurityPolicy = Reports;
        }
        else if (!path.StartsWithSegments("/api") && !path.StartsWithSegments("/sign-in"))
        {
            headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
            headers.ContentSecurityPolicy = Pages;
        }
        return next(context);
    }
}
