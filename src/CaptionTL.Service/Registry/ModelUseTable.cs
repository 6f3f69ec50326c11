using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Registry;

/// <summary>Columns of what was put to use.</summary>
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
