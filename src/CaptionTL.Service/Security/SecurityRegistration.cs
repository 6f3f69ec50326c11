using System.Security.Claims;
using System.Threading.RateLimiting;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Security;

/// <summary>Who may call the service, how often, and how much they may send.</summary>
internal static class SecurityRegistration
{
    public static void AddSecurity(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section)
            .Validate(o => o.RequestsPerMinute is null or >= 0 && o.Burst >= 0 && o.MaxRequestBytes > 0,
                $"{SecurityOptions.Section}: RequestsPerMinute and Burst must be at least 0, and MaxRequestBytes above 0.")
            .Validate(o => o.AllowedOrigins.All(IsOrigin),
                $"{SecurityOptions.Section}:AllowedOrigins: write an origin like https://example.org, without a slash at the end.")
            .ValidateOnStart();
        builder.Services.AddSingleton<ApiKeyStore>();
        builder.Services.AddSingleton<KeyService>();
        builder.Services.AddSingleton<KeyRequirement>();
        builder.Services.AddHostedService<BindingGuard>();
        builder.Services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        builder.Services.AddSingleton<IAuthorizationHandler, ScopeAuthorization>();
        builder.Services.AddAuthorization(options =>
        {
            foreach (var scope in ApiScope.All) options.AddPolicy(scope, policy => policy.AddRequirements(new ScopeRequirement(scope)));
            options.FallbackPolicy = options.GetPolicy(ApiScope.Train); // endpoints that name no policy, the pages among them
        });
        builder.Services.AddRateLimiter();
        builder.Services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RateLimits>();
        builder.Services.AddCors();
        builder.Services.Configure<OpenApiOptions>("v1", options => options.AddDocumentTransformer(DescribeKeyAsync));
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<SecurityOptions>>((kestrel, security) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = security.Value.MaxRequestBytes;
        });
    }

    /// <summary>To be called after the exception handler and before every endpoint.</summary>
    public static void MapSecurity(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value;
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HostGate>();
        if (options.AllowedOrigins.Count > 0)
            app.UseCors(policy => policy.WithOrigins([.. options.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders("Location", "Retry-After", "Upload-Offset", "Upload-Length"));
        app.UseAuthentication();
        app.UseRateLimiter(); // counts by key
        app.UseAuthorization();
        SignInPage.Map(app);
        KeyEndpoints.Map(app);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == text;

    /// <summary>Describes in the OpenAPI document how a key is sent, so that the page under /api can send one.</summary>
    private static Task DescribeKeyAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context,
        CancellationToken cancellation)
    {
        const string Name = "key";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Name] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, made with captiontl keys create; needed where the service can be reached from other machines. "
                + "X-Api-Key: KEY does the same.",
        };
        (document.Security ??= []).Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Name, document)] = [] });
        return Task.CompletedTask;
    }
}

/// <summary>Section "CaptionTL:Security" of the configuration.</summary>
public sealed class SecurityOptions
{
    public const string Section = ServiceOptions.Section + ":Security";

    /// <summary>
    /// Require keys on this machine's own addresses too: behind a proxy, or where others have accounts. On other addresses keys are
    /// always required.
    /// </summary>
    public bool RequireKeys { get; set; }

    /// <summary>
    /// Host names of this service besides localhost, without a port; where any is given, requests under other names are refused.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Origins of other sites whose pages may call the API: "https://example.org".</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Requests a minute for each key, or for each address where there is no key; 0 for no limit. The default is 1,200 where keys are
    /// required, otherwise no limit.
    /// </summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Requests that may arrive at once on top of the steady rate; a page of thumbnails needs a hundred.</summary>
    public int Burst { get; set; } = 300;

    /// <summary>Bytes of a request's body; uploads of data sets have a limit of their own.</summary>
    public long MaxRequestBytes { get; set; } = 160L << 20;
}

/// <summary>Headers for browsers: no guessing of media types, no embedding in other sites, no referrer for other sites.</summary>
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
        // Set when the answer begins, since the exception handler clears earlier headers. A page's own headers stay.
        context.Response.OnStarting(() =>
        {
            foreach (var (name, value) in Headers) context.Response.Headers.TryAdd(name, value);
            return Task.CompletedTask;
        });
        return next(context);
    }
}

/// <summary>Limits requests per minute for each key, or each address without a key, by a token bucket.</summary>
internal sealed class RateLimits(IOptions<SecurityOptions> options, KeyRequirement keys) : IConfigureOptions<RateLimiterOptions>
{
    private const int PerMinuteWithKeys = 1200;

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.OnRejected = (rejected, _) =>
            throw new ApiException(429, "too_many_requests", "Too many requests.", "Wait as long as Retry-After says.")
            {
                RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
                    ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1,
            };
    }

    private RateLimitPartition<string> Partition(HttpContext context)
    {
        var perMinute = options.Value.RequestsPerMinute ?? (keys.IsRequired ? PerMinuteWithKeys : 0);
        if (perMinute == 0 || context.GetEndpoint() is null) return RateLimitPartition.GetNoLimiter("");
        var caller = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.Connection.RemoteIpAddress?.ToString() ?? "";
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => Bucket(perMinute, options.Value.Burst));
    }

    /// <summary>
    /// Replenished about once a second, or whenever one more request becomes free where that is less often; the tokens of a minute add
    /// up to exactly <paramref name="perMinute"/>.
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
