using System.Threading.RateLimiting;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>Requests a minute for each key, or each address without one: a bucket that fills steadily.</summary>
internal sealed class RateLimits(IOptions<SecurityOptions> options) : IConfigureOptions<RateLimiterOptions>
{
    private const int PerMinuteWithKeys = 1200;

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.OnRejected = (rejected, _) => throw new ApiException(429, "too_many_requests", "Too many requests.", "Slow down, and wait as long as Retry-After says.")
        {
            RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1,
        };
    }

    private RateLimitPartition<string> Partition(HttpContext context)
    {
        var perMinute = options.Value.RequestsPerMinute ?? (context.RequestServices.GetRequiredService<KeyRequirement>().IsRequired ? PerMinuteWithKeys : 0);
        if (perMinute == 0 || context.GetEndpoint() is null || context.Request.Path.StartsWithSegments("/health") || context.Request.Path.StartsWithSegments("/v2/health")) return RateLimitPartition.GetNoLimiter("");
        var who = context.Features.Get<ApiKey>()?.Prefix ?? context.Connection.RemoteIpAddress?.ToString() ?? "";
        return RateLimitPartition.GetTokenBucketLimiter(who, _ => Bucket(perMinute, options.Value.Burst));
    }

    /// <summary>Filled about once a second, or as often as one request becomes free where that is rarer; a minute's requests come to the number exactly.</summary>
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
