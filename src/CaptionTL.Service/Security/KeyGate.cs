using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Security;

/// <summary>
/// Where keys are asked for, lets a request through whose key has the scope of its endpoint. Endpoints that name no scope, pages among
/// them, want train; those that say so (health, signing in) want none.
/// </summary>
internal sealed class KeyGate(RequestDelegate next, KeyRequirement requirement)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || IsOpen(context.Request.Path)) return next(context);
        var key = context.Features.Get<ApiKey>();
        // A wrong key is wrong wherever it is used; its owner should learn of it. A cookie may be left from another day.
        if (key is null && !requirement.IsRequired && (KeyReader.Text(context.Request) is null || context.Request.Cookies.ContainsKey(KeyReader.Cookie))) return next(context);
        if (key is null) return Unknown(context);
        var scope = endpoint.Metadata.GetMetadata<ApiScope>()?.Name ?? ApiScope.Train;
        return key.Allows(scope)
            ? next(context)
            : throw new ApiException(403, "scope_missing", $"This key is not for that: the scope '{scope}' is missing.", $"Make a key with it: captiontl keys create --name NAME --scopes {scope}.");
    }

    private static bool IsOpen(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/v2/health") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/sign-in");

    private static Task Unknown(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect($"/sign-in?to={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return Task.CompletedTask;
        }
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        });
        throw KeyReader.Text(context.Request) is null
            ? new ApiException(401, "key_missing", "An API key is needed here.", "Send it as Authorization: Bearer KEY or X-Api-Key: KEY; captiontl keys create makes one.")
            : new ApiException(401, "key_unknown", "This API key is unknown or revoked.", "captiontl keys list shows those that are known.");
    }
}
