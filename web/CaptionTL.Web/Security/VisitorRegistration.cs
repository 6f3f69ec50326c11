using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CaptionTL.Web.Security;

/// <summary>Signing in with an API key, and out.</summary>
internal static class VisitorRegistration
{
    public static void AddVisitors(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("CaptionTL");
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, CookieKeys>();
        builder.Services.AddSingleton<VisitorCookie>();
        builder.Services.AddScoped<Visitor>();
        builder.Services.AddTransient<IStartupFilter, VisitorKeyFilter>();
    }

    /// <summary>Forms post here, with the antiforgery token that the page put into them.</summary>
    public static void MapVisitors(this WebApplication app)
    {
        app.MapPost("/sign-in", ([FromForm] string key, HttpContext context, VisitorCookie cookie) =>
        {
            cookie.Write(context, key.Trim());
            return Results.LocalRedirect("/");
        }).ExcludeFromDescription();
        app.MapPost("/sign-out", ([FromForm] string? from, HttpContext context) =>
        {
            VisitorCookie.Forget(context);
            return Results.LocalRedirect("/sign-in");
        }).ExcludeFromDescription();
    }
}
