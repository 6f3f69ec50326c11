using System.Net;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>
/// The page where a person enters a key, which the browser then sends as a cookie (HttpOnly, SameSite=Strict). The two forms carry no
/// antiforgery token: browsers send the Origin of posts from other sites, and <see cref="HostGate"/> refuses those; besides, signing
/// somebody in takes a key of this service.
/// </summary>
internal static class SignInPage
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    // Only files of this host, whatever the page contains.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (string? to, HttpContext context, IOptions<SignInLook> look) =>
            Page(context, look.Value, Local(to), wrong: false)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-in", PostAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOut).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> PostAsync(HttpContext context, ApiKeyStore keys, IOptions<SignInLook> look)
    {
        if (!context.Request.HasFormContentType)
            throw ApiException.Invalid("The request has no form.", "Send the form of the page /sign-in.");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (text, to) = (form["key"].ToString().Trim(), Local(form["to"]));
        if (await keys.FindAsync(text, context.RequestAborted) is null) return Page(context, look.Value, to, wrong: true);
        context.Response.Cookies.Append(ApiKeyAuthentication.Cookie, text, new CookieOptions { HttpOnly = true,
            SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = Kept, IsEssential = true });
        return Results.Redirect(to);
    }

    private static IResult SignOut(HttpContext context)
    {
        context.Response.Cookies.Delete(ApiKeyAuthentication.Cookie);
        return Results.Redirect("/sign-in");
    }

    /// <summary>The path where it is one of this service, else "/": no redirects to other sites.</summary>
    internal static string Local(string? to) => to is { Length: > 0 } && to[0] == '/' && (to.Length == 1 || to[1] is not ('/' or '\\'))
        && !to.Any(char.IsControl) ? to : "/";

    private static IResult Page(HttpContext context, SignInLook look, string to, bool wrong)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Content($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · CaptionTL</title>
            {Links(look)}
            </head>
            <body>
            <main class="sign-in stack">
            <header><h1>CaptionTL</h1><p class="lead">This service requires an API key.</p></header>
            <form method="post" action="/sign-in" class="card stack">
            <div class="field"><label for="key">API key</label>
            <input id="key" name="key" type="password" autocomplete="current-password" required autofocus
                {(wrong ? "aria-invalid=\"true\" aria-describedby=\"wrong\"" : "")}>
            {(wrong ? "<span id=\"wrong\" class=\"validation-message\" role=\"alert\">This key is unknown or revoked.</span>" : "")}</div>
            <input type="hidden" name="to" value="{WebUtility.HtmlEncode(to)}">
            <div class="actions"><button class="primary">Sign in</button></div>
            </form>
            <p class="muted small">The operator of this service makes keys: <code>captiontl keys create --name NAME</code></p>
            </main>
            </body>
            </html>
            """, "text/html; charset=utf-8", statusCode: wrong ? 401 : 200);
    }

    private static string Links(SignInLook look) => string.Join('\n',
    [
        .. look.Icon is { } icon ? [$"<link rel=\"icon\" href=\"{icon}\">"] : (string[])[],
        .. look.Styles.Select(address => $"<link rel=\"stylesheet\" href=\"{address}\">"),
        .. look.Scripts.Select(address => $"<script src=\"{address}\"></script>"),
    ]);
}

/// <summary>
/// Style sheets, scripts and icon of the sign-in page: addresses of this host. Empty where the service runs without its pages.
/// </summary>
public sealed class SignInLook
{
    public IList<string> Styles { get; } = [];

    /// <summary>Run before the page is painted.</summary>
    public IList<string> Scripts { get; } = [];

    public string? Icon { get; set; }
}
