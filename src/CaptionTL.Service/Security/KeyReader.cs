using System.Security.Claims;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Security;

/// <summary>Finds the key that a request brings (Authorization: Bearer, X-Api-Key, or the cookie of /sign-in) and makes it the request's user.</summary>
internal sealed class KeyReader(RequestDelegate next, ApiKeyStore keys)
{
    /// <summary>Cookie of a browser that signed in.</summary>
    public const string Cookie = "captiontl-key";

    public async Task InvokeAsync(HttpContext context)
    {
        if (Text(context.Request) is { } text && await keys.FindAsync(text, context.RequestAborted) is { } key)
        {
            context.Features.Set(key);
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name), .. key.Scopes.Split(',').Select(s => new Claim("scope", s))], "ApiKey"));
        }
        await next(context);
    }

    /// <summary>What claims to be a key; null where the request brings none.</summary>
    public static string? Text(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header) return header;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization["Bearer ".Length..].Trim();
        return request.Cookies[Cookie];
    }
}
