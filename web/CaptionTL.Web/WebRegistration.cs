using CaptionTL.Service.Security;
using CaptionTL.Web.Components;
using CaptionTL.Web.Security;
using CaptionTL.Web.Visitors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using Radzen;

namespace CaptionTL.Web;

/// <summary>The pages: what a host adds and maps beside the service.</summary>
public static class WebRegistration
{
    /// <summary>Largest piece of a browser's message, bytes: images come in pieces of 32 KB, forms are small.</summary>
    private const int LargestMessage = 256 * 1024;

    public static WebApplicationBuilder AddWeb(this WebApplicationBuilder builder)
    {
        // Files of packages are found beside the build's output, in Development or not; a published folder holds them itself.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        builder.Services.AddRadzenComponents();
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "captiontl-form";
            options.SuppressXFrameOptionsHeader = true; // ours is stricter
        });
        builder.Services.Configure<SignInLook>(look =>
        {
            look.Icon = "/favicon.svg";
            foreach (var sheet in (string[])["base", "controls", "layout"]) look.Styles.Add($"/css/{sheet}.css");
            look.Scripts.Add("/js/theme.js");
        });
        builder.Services.AddDataProtection().SetApplicationName("CaptionTL");
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, CookieKeys>();
        builder.Services.AddSingleton<BackboneOutlines>();
        builder.Services.AddVisitors();
        return builder;
    }

    public static WebApplication MapWeb(this WebApplication app)
    {
        app.UseMiddleware<PagePolicy>();
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(LeaveOthersAlone);
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous(); // the page where one signs in is made of them too
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    /// <summary>Only who asks for a page gets one in place of a bare status; programs get what the API says.</summary>
    private static Task LeaveOthersAlone(HttpContext context, RequestDelegate next)
    {
        var asksForAPage = context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");
        if (!asksForAPage && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
        return next(context);
    }
}
