using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Jobs;

/// <summary>What people ask of jobs: the table first, then the scheduler; should the program end in between, <see cref="JobReconciler"/> makes up for it.</summary>
internal sealed class JobCommands(JobStore jobs, JobPlanning planning, JobSchedule schedule, RunFolders folders, ServiceMetrics metrics)
{
    public Task<JobRecord> AddAsync(JobRequest request, string? by, CancellationToken cancellation) => AddAsync(planning.Plan(request, by), cancellation);

    public async Task<JobRecord> AgainAsync(long id, JobChanges changes, string? by, CancellationToken cancellation) =>
        await AddAsync(planning.Plan(JobPlanning.Again(await jobs.GetAsync(id, cancellation), changes), by, id), cancellation);

    public async Task<JobRecord> StopAsync(long id, JobWish wish, CancellationToken cancellation)
    {
        var job = await jobs.StopAsync(id, wish, cancellation);
        if (job.State is JobState.Paused or JobState.Cancelled) await schedule.RemoveAsync(id, cancellation);
        return job;
    }

    public async Task<JobRecord> ResumeAsync(long id, CancellationToken cancellation)
    {
        var job = await jobs.ResumeAsync(id, cancellation);
        await schedule.AddAsync(job, cancellation);
        return job;
    }

    public async Task DeleteAsync(long id, CancellationToken cancellation)
    {
        await jobs.DeleteAsync(id, cancellation);
        folders.Delete(id);
    }

    private async Task<JobRecord> AddAsync(JobRecord job, CancellationToken cancellation)
    {
        await jobs.AddAsync(job, cancellation);
        metrics.JobEntered(EnumNames.Of(job.Kind), EnumNames.Of(job.State));
        await schedule.AddAsync(job, cancellation);
        return job;
    }
}
