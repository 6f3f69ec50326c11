using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace CaptionTL.Web.Security;

/// <summary>Keeps the visitor's API key in a cookie that only this host can read.</summary>
internal sealed class VisitorCookie(IDataProtectionProvider protection)
{
    private const string Name = "captiontl-key";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly IDataProtector _protector = protection.CreateProtector("CaptionTL.Web.Visitor");

    public string? Read(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 } value) return null;
        try
        {
            return _protector.Unprotect(value);
        }
        catch (CryptographicException)
        {
            return null; // written with keys that are gone
        }
    }

    public void Write(HttpContext context, string key) => context.Response.Cookies.Append(Name, _protector.Protect(key), Options(context.Request));

    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context.Request));

    private static CookieOptions Options(HttpRequest request) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, MaxAge = Lifetime, IsEssential = true };
}
