using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Storage;

/// <summary>The data base, and its tables brought up to date before anything else starts.</summary>
internal static class StorageRegistration
{
    public static void AddStorage(this IHostApplicationBuilder builder)
    {
        // Every statement that goes well is no news; there are several a second.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section);
        builder.Services.AddDbContextFactory<ServiceDb>((services, options) => Use(options, services.GetRequiredService<IOptions<ServiceOptions>>().Value, services.GetRequiredService<IOptions<StorageOptions>>().Value));
        builder.Services.AddHostedService<StorageStartup>();
    }

    /// <summary>Options of a data base without a host: for the command line.</summary>
    public static void Use(DbContextOptionsBuilder options, ServiceOptions service, StorageOptions storage)
    {
        // Migrations are written by hand, without the snapshot that the design-time tool would compare them to; a test compares instead.
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        if (storage.Provider == StorageProvider.PostgreSql)
            options.UseNpgsql(storage.PostgreSql);
        else
            options.UseSqlite(storage.ConnectionString ?? $"Data Source={service.In("captiontl.db")}");
    }
}
