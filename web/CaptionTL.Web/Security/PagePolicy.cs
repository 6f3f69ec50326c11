using CaptionTL.Service;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CaptionTL.Web.Security;

/// <summary>
/// What pages and forms are protected with lies in the service's data folder: a page goes on after the service was moved or started anew.
/// </summary>
internal sealed class CookieKeys(IOptions<ServiceOptions> service) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) =>
        options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(service.Value.In("cookie-keys")),
            NullLoggerFactory.Instance);
}

/// <summary>
/// Tells the browser what pages may run and load: only what comes from this host. Reports of runs may be shown within our pages.
/// </summary>
internal sealed class PagePolicy(RequestDelegate next)
{
    // Styles in attributes place bars and charts; images are shown from the visitor's memory (blob:).
    private const string Pages =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; "
            + "connect-src 'self'; " +
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
