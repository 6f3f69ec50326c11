using System.Net;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Security;

/// <summary>Where a browser gives its key, which then comes along as a cookie that scripts and other sites do not get.</summary>
internal static class SignInPage
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (string? to) => Page(Local(to), wrong: false)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-in", PostAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOut).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> PostAsync(HttpContext context, ApiKeyStore keys)
    {
        if (!context.Request.HasFormContentType) throw ApiException.Invalid("A form is expected.");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (text, to) = (form["key"].ToString().Trim(), Local(form["to"]));
        if (await keys.FindAsync(text, context.RequestAborted) is null) return Page(to, wrong: true);
        context.Response.Cookies.Append(KeyReader.Cookie, text, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = Kept, IsEssential = true });
        return Results.Redirect(to);
    }

    private static IResult SignOut(HttpContext context)
    {
        context.Response.Cookies.Delete(KeyReader.Cookie);
        return Results.Redirect("/sign-in");
    }

    /// <summary>A path of this service; nobody is sent elsewhere.</summary>
    internal static string Local(string? to) => to is { Length: > 0 } && to[0] == '/' && (to.Length == 1 || to[1] is not ('/' or '\\')) && !to.Any(char.IsControl) ? to : "/";

    private static IResult Page(string to, bool wrong) => Results.Content($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>CaptionTL: sign in</title></head>
        <body style="font-family: system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem">
        <main><h1>CaptionTL</h1>
        <form method="post" action="/sign-in">
        <p><label for="key">API key</label><br><input id="key" name="key" type="password" autocomplete="current-password" required autofocus style="width: 100%"></p>
        {(wrong ? "<p role=\"alert\">This key is unknown or revoked.</p>" : "")}
        <input type="hidden" name="to" value="{WebUtility.HtmlEncode(to)}">
        <p><button>Sign in</button></p></form>
        <p>Whoever runs this service makes keys: <code>captiontl keys create --name NAME</code></p></main></body></html>
        """, "text/html; charset=utf-8", statusCode: wrong ? 401 : 200);
}
