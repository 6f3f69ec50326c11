using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.DataSets;

/// <summary>Images that people bring.</summary>
internal static class DataSetRegistration
{
    public static void AddDataSets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DataSetOptions>().BindConfiguration(DataSetOptions.Section)
            .Validate(o => o.MaxUploadBytes > 0 && o.MaxFiles > 0 && o.MaxUnpackedBytes > 0 && o.MaxRatio > 0 && o.MaxTextBytes > 0
                    && o.UploadsKept > TimeSpan.Zero && o.ThumbnailSide is >= 16 and <= 2048,
                $"{DataSetOptions.Section}: limits are above 0, and thumbnails have 16 to 2048 pixels.")
            .ValidateOnStart();
        builder.Services.AddSingleton<DataSetStore>();
        builder.Services.AddSingleton<DataSetService>();
        builder.Services.AddSingleton<DataSetChecks>();
        builder.Services.AddSingleton<Thumbnails>();
        builder.Services.AddSingleton<UploadParts>();
        builder.Services.AddSingleton<NearDuplicateRunner>();
        builder.Services.AddHostedService<DataSetCleanup>();
    }

    public static void MapDataSets(this WebApplication app) => DataSetEndpoints.Map(app);
}

/// <summary>How much an upload may bring; section "CaptionTL:DataSets".</summary>
public sealed class DataSetOptions
{
    public const string Section = ServiceOptions.Section + ":DataSets";

    /// <summary>Bytes of one upload, be it a zip or images.</summary>
    public long MaxUploadBytes { get; set; } = 20L << 30;

    /// <summary>Images and other files in one upload.</summary>
    public int MaxFiles { get; set; } = 1_000_000;

    /// <summary>Bytes that an archive may unpack to.</summary>
    public long MaxUnpackedBytes { get; set; } = 50L << 30;

    /// <summary>
    /// Bytes that an archive may unpack to for each of its own; images hardly compress. Not checked for archives that unpack to less
    /// than 64 MiB.
    /// </summary>
    public int MaxRatio { get; set; } = 100;

    /// <summary>Bytes of a caption or label file in an archive.</summary>
    public long MaxTextBytes { get; set; } = 256L << 20;

    /// <summary>How long an upload in parts is kept after its last part.</summary>
    public TimeSpan UploadsKept { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Pixels of a thumbnail's longer side.</summary>
    public int ThumbnailSide { get; set; } = 160;
}

/// <summary>Removes, every hour, what crashes and abandoned uploads have left behind.</summary>
internal sealed partial class DataSetCleanup(DataSetStore store, UploadParts parts, TimeProvider clock, ILogger<DataSetCleanup> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                try
                {
                    StagingFolder.RemoveLeftovers(store.StagingRoot);
                    parts.RemoveExpired();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    LogFailed(logger, e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Left-over uploads could not be removed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
