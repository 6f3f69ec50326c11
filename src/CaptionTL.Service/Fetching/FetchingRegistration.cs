using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service.Fetching;

/// <summary>Pictures by address.</summary>
internal static class FetchingRegistration
{
    public static void AddFetching(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FetchingOptions>().BindConfiguration(FetchingOptions.Section)
            .Validate(o => o.MaxBytes > 0 && o.Timeout > TimeSpan.Zero && o.MaxRedirects >= 0 && o.AtOnce > 0 && o.AtOnceForOne > 0, $"{FetchingOptions.Section}: limits are above 0.").ValidateOnStart();
        builder.Services.AddSingleton<PictureFetcher>();
    }
}
