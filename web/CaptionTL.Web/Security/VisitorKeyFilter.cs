using Microsoft.Net.Http.Headers;

namespace CaptionTL.Web.Security;

/// <summary>
/// What a page's own elements ask of the API (thumbnails, uploads) carries the visitor's key. Requests that change something must bear a
/// header that other sites cannot send unasked.
/// </summary>
internal sealed class VisitorKeyFilter(VisitorCookie cookie) : IStartupFilter
{
    public const string PageHeader = "X-CaptionTL-Page";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            PassOn(context.Request);
            return rest(context);
        });
        next(app);
    };

    private void PassOn(HttpRequest request)
    {
        if (!request.Path.StartsWithSegments("/api") || request.Headers.ContainsKey(HeaderNames.Authorization)) return;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !request.Headers.ContainsKey(PageHeader)) return;
        if (cookie.Read(request) is { } key) request.Headers.Authorization = "Bearer " + key;
    }
}
