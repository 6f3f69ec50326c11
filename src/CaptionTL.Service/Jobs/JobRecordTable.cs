using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Jobs;

/// <summary>Columns of the jobs table.</summary>
internal sealed class JobRecordTable : IEntityTypeConfiguration<JobRecord>
{
    public void Configure(EntityTypeBuilder<JobRecord> builder)
    {
        builder.ToTable("jobs");
        builder.HasKey(j => j.Id);
        builder.Property(j => j.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(j => j.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(j => j.Wish).HasConversion<string>().HasMaxLength(20);
        builder.Property(j => j.Created).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Started).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.Finished).HasConversion<UtcMilliseconds>();
        builder.Property(j => j.LeaseUntil).HasConversion<UtcMilliseconds>();
        builder.Ignore(j => j.Shown);
        builder.Ignore(j => j.HasEnded);
        builder.Ignore(j => j.Asked);
        builder.HasIndex(j => j.State);
    }
}
