using System.Threading.RateLimiting;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
            .Validate(o => o.RequestsPerMinute is null or >= 0 && o.Burst >= 0 && o.MaxRequestBytes > 0,
            $"{SecurityOptions.Section}: limits are numbers from 0 on, MaxRequestBytes is above 0.")
            .Validate(o => o.AllowedOrigins.All(a => Uri.TryCreate(a, UriKind.Absolute, out var uri)
            && uri.GetLeftPart(UriPartial.Authority) == a), $"{SecurityOptions.Section}:AllowedOrigins: origins are written "
            + $"https://example.org, without a slash at the end.")
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
            app.UseCors(policy => policy.WithOrigins([.. options.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders("Location", "Retry-After", "Upload-Offset", "Upload-Length"));
        app.UseMiddleware<KeyReader>();
        app.UseRateLimiter();
        app.UseMiddleware<KeyGate>();
        SignInPage.Map(app);
        KeyEndpoints.Map(app);
    }
}

/// <summary>Who is let in; section "CaptionTL:Security".</summary>
public sealed class SecurityOptions
{
    public const string Section = ServiceOptions.Section + ":Security";

    /// <summary>
    /// Ask for keys on this machine's own addresses too: behind a proxy, or where others have accounts. Other addresses always ask.
    /// </summary>
    public bool RequireKeys { get; set; }

    /// <summary>
    /// Names under which this service is reached besides localhost, without a port; where any is given, no other name is answered.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Origins of other sites whose pages may call the API: "https://example.org".</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Requests a minute for each key, or each address where there is none; 0 for no limit. Unless set: 1,200 where keys are asked for,
    /// otherwise no limit.
    /// </summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Requests that may come at once on top of the steady rate; a page of thumbnails is a hundred.</summary>
    public int Burst { get; set; } = 300;

    /// <summary>Bytes of a request's body; uploads of data sets have a limit of their own.</summary>
    public long MaxRequestBytes { get; set; } = 160L << 20;
}

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

/// <summary>Requests a minute for each key, or each address without one: a bucket that fills steadily.</summary>
internal sealed class RateLimits(IOptions<SecurityOptions> options) : IConfigureOptions<RateLimiterOptions>
{
    private const int PerMinuteWithKeys = 1200;

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.OnRejected = (rejected, _) =>
            throw new ApiException(429, "too_many_requests", "Too many requests.", "Slow down, and wait as long as Retry-After says.")
        {
            RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
                ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1,
        };
    }

    private RateLimitPartition<string> Partition(HttpContext context)
    {
        var perMinute = options.Value.RequestsPerMinute ?? (context.RequestServices.GetRequiredService<KeyRequirement>().IsRequired
            ? PerMinuteWithKeys : 0);
        if (perMinute == 0 || context.GetEndpoint() is null || context.Request.Path.StartsWithSegments("/health")
            || context.Request.Path.StartsWithSegments("/v2/health")) return RateLimitPartition.GetNoLimiter("");
        var who = context.Features.Get<ApiKey>()?.Prefix ?? context.Connection.RemoteIpAddress?.ToString() ?? "";
        return RateLimitPartition.GetTokenBucketLimiter(who, _ => Bucket(perMinute, options.Value.Burst));
    }

    /// <summary>
    /// Filled about once a second, or as often as one request becomes free where that is rarer; a minute's requests come to the number
    /// exactly.
    /// </summary>
    internal static TokenBucketRateLimiterOptions Bucket(int perMinute, int burst)
    {
        var each = Math.Max(1, perMinute / 60);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(1, Math.Max(burst, each)), QueueLimit = 0, AutoReplenishment = true,
            TokensPerPeriod = each, ReplenishmentPeriod = TimeSpan.FromMinutes((double)each / perMinute),
        };
    }
}
