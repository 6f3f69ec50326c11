using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Registry;

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
