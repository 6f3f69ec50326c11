using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Security;

/// <summary>What browsers are told: no guessing of types, no frames of other sites around pages, no addresses given away.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Content-Security-Policy", "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'"),
    ];

    public Task InvokeAsync(HttpContext context)
    {
        // When the answer begins: failures clear headers that are there before. What a page says itself stays.
        context.Response.OnStarting(() =>
        {
            foreach (var (name, value) in Headers) context.Response.Headers.TryAdd(name, value);
            return Task.CompletedTask;
        });
        return next(context);
    }
}
