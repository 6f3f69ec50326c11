using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>Who is let in, how often, and how much they may send.</summary>
internal static class SecurityRegistration
{
    public static void AddSecurity(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section)
            .Validate(o => o.RequestsPerMinute is null or >= 0 && o.Burst >= 0 && o.MaxRequestBytes > 0, $"{SecurityOptions.Section}: limits are numbers from 0 on, MaxRequestBytes is above 0.")
            .Validate(o => o.AllowedOrigins.All(a => Uri.TryCreate(a, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == a), $"{SecurityOptions.Section}:AllowedOrigins: origins are written https://example.org, without a slash at the end.")
            .ValidateOnStart();
        builder.Services.AddSingleton<ApiKeyStore>();
        builder.Services.AddSingleton<KeyRequirement>();
        builder.Services.AddHostedService<BindingGuard>();
        builder.Services.AddRateLimiter();
        builder.Services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RateLimits>();
        builder.Services.AddCors();
        builder.Services.Configure<OpenApiOptions>("v1", options => options.AddDocumentTransformer(KeyScheme.DescribeAsync));
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<SecurityOptions>>((kestrel, security) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = security.Value.MaxRequestBytes;
        });
    }

    /// <summary>After failures are told as problems, before everything that answers.</summary>
    public static void MapSecurity(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value;
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HostGate>();
        if (options.AllowedOrigins.Count > 0)
            app.UseCors(policy => policy.WithOrigins([.. options.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Location", "Retry-After", "Upload-Offset", "Upload-Length"));
        app.UseMiddleware<KeyReader>();
        app.UseRateLimiter();
        app.UseMiddleware<KeyGate>();
        SignInPage.Map(app);
        KeyEndpoints.Map(app);
    }
}
