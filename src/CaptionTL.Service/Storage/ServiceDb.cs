using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Storage;

/// <summary>The service's own tables. Each entity's columns are described beside it (IEntityTypeConfiguration), its migrations under Migrations.</summary>
public sealed class ServiceDb(DbContextOptions<ServiceDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ServiceDb).Assembly);
    }
}
