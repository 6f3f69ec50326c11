using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Security;

/// <summary>Columns of <see cref="ApiKey"/>.</summary>
internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("ApiKeys").HasKey(k => k.Prefix);
        builder.Property(k => k.Prefix).HasMaxLength(32);
        builder.Property(k => k.Name).HasMaxLength(64);
        builder.Property(k => k.Hash).HasMaxLength(32);
        builder.Property(k => k.Scopes).HasMaxLength(64);
    }
}
