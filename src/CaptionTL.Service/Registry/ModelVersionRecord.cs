using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Registry;

/// <summary>
/// A row of the model versions: a bundle that a job has made. A deleted version keeps its row, so that its number is never given again.
/// </summary>
internal sealed class ModelVersionRecord
{
    public required string Name { get; set; }

    public int Version { get; set; }

    public required string Task { get; set; }

    /// <summary>Each job publishes once.</summary>
    public long JobId { get; set; }

    public DateTimeOffset Created { get; set; }

    public required string Data { get; set; }

    public required string Backbone { get; set; }

    /// <summary>The run's scores, JSON.</summary>
    public string? Scores { get; set; }

    public long Bytes { get; set; }

    public DateTimeOffset? Deleted { get; set; }
}

/// <summary>Columns of the model versions.</summary>
internal sealed class ModelVersionTable : IEntityTypeConfiguration<ModelVersionRecord>
{
    public void Configure(EntityTypeBuilder<ModelVersionRecord> builder)
    {
        builder.ToTable("model_versions");
        builder.HasKey(v => new { v.Name, v.Version });
        builder.HasIndex(v => v.JobId).IsUnique();
        builder.Property(v => v.Name).HasMaxLength(ModelName.MaxLength);
        builder.Property(v => v.Created).HasConversion<UtcMilliseconds>();
        builder.Property(v => v.Deleted).HasConversion<UtcMilliseconds>();
    }
}

/// <summary>A row of the default models: which model answers a task where a request names none.</summary>
internal sealed class ModelDefaultRecord
{
    public required string Task { get; set; }

    public required string Name { get; set; }
}

/// <summary>Columns of the default models.</summary>
internal sealed class ModelDefaultTable : IEntityTypeConfiguration<ModelDefaultRecord>
{
    public void Configure(EntityTypeBuilder<ModelDefaultRecord> builder)
    {
        builder.ToTable("model_defaults");
        builder.HasKey(d => d.Task);
        builder.Property(d => d.Task).HasMaxLength(20);
        builder.Property(d => d.Name).HasMaxLength(ModelName.MaxLength);
    }
}

/// <summary>A promotion of a version: a model's last one that was not rolled back says which version answers.</summary>
internal sealed class ModelUseRecord
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public int Version { get; set; }

    public DateTimeOffset Time { get; set; }

    public string? By { get; set; }

    /// <summary>When it was rolled back.</summary>
    public DateTimeOffset? Undone { get; set; }
}

/// <summary>Columns of the promotions.</summary>
internal sealed class ModelUseTable : IEntityTypeConfiguration<ModelUseRecord>
{
    public void Configure(EntityTypeBuilder<ModelUseRecord> builder)
    {
        builder.ToTable("model_uses");
        builder.HasKey(u => u.Id);
        builder.Property(u => u.Name).HasMaxLength(ModelName.MaxLength);
        builder.Property(u => u.Time).HasConversion<UtcMilliseconds>();
        builder.Property(u => u.Undone).HasConversion<UtcMilliseconds>();
        builder.HasIndex(u => u.Name);
    }
}
