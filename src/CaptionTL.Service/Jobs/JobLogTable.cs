using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Jobs;

/// <summary>Columns of the jobs' log; it goes with its job.</summary>
internal sealed class JobLogTable : IEntityTypeConfiguration<JobLogRecord>
{
    public void Configure(EntityTypeBuilder<JobLogRecord> builder)
    {
        builder.ToTable("job_log");
        builder.HasKey(l => l.Id);
        builder.Property(l => l.Time).HasConversion<UtcMilliseconds>();
        builder.HasIndex(l => new { l.JobId, l.Id });
        builder.HasOne<JobRecord>().WithMany().HasForeignKey(l => l.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
