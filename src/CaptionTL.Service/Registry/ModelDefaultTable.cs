using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Registry;

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
