using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Storage;

/// <summary>
/// The service's own tables. Each entity's columns are described beside it (IEntityTypeConfiguration), its migrations under Migrations.
/// </summary>
public sealed class ServiceDb(DbContextOptions<ServiceDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ServiceDb).Assembly);
    }
}

/// <summary>Where the service's tables lie; section "CaptionTL:Storage".</summary>
public sealed class StorageOptions
{
    public const string Section = ServiceOptions.Section + ":Storage";

    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>For PostgreSQL; SQLite's file lies in the data folder unless set.</summary>
    public string? ConnectionString { get; set; }

    /// <exception cref="CaptionTLException">It is missing.</exception>
    internal string PostgreSql =>
        ConnectionString ?? throw new CaptionTLException($"{Section}:{nameof(ConnectionString)} is missing: PostgreSQL needs one.");
}

/// <summary>Data bases that the service can keep its tables in.</summary>
public enum StorageProvider
{
    /// <summary>A file in the data folder; one machine.</summary>
    Sqlite,

    /// <summary>For several machines that share the work.</summary>
    PostgreSql,
}

/// <summary>The data base, and its tables brought up to date before anything else starts.</summary>
internal static class StorageRegistration
{
    public static void AddStorage(this IHostApplicationBuilder builder)
    {
        // Every statement that goes well is no news; there are several a second.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section);
        builder.Services.AddDbContextFactory<ServiceDb>((services, options) =>
            Use(options, services.GetRequiredService<IOptions<ServiceOptions>>().Value,
            services.GetRequiredService<IOptions<StorageOptions>>().Value));
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

/// <summary>Brings the tables up to date; registered first, so that nothing runs before.</summary>
internal sealed class StorageStartup(IDbContextFactory<ServiceDb> databases, IOptions<ServiceOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Value.In());
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Database.MigrateAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Times as milliseconds since 1970: compared and ordered alike by SQLite, which knows no times, and by PostgreSQL.</summary>
internal sealed class UtcMilliseconds() : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), number =>
    DateTimeOffset.FromUnixTimeMilliseconds(number));
