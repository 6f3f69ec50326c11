using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Jobs;

/// <summary>Keeps the data sets of jobs that go on, wait or are paused.</summary>
internal sealed class JobDataUse(IDbContextFactory<ServiceDb> databases) : IDataSetUse
{
    public async Task<string?> UserOfAsync(string name, CancellationToken cancellation)
    {
        var version = name + "@";
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var job = await database.Set<JobRecord>()
            .Where(j => (j.State == JobState.Queued || j.State == JobState.Running || j.State == JobState.Paused)
            && (j.Data == name || j.Data.StartsWith(version)))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellation);
        return job is { } id ? FormattableString.Invariant($"job {id}") : null;
    }
}
