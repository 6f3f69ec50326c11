using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Telemetry;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// What people ask of jobs: the table first, then the scheduler; should the program end in between, <see cref="JobReconciler"/> makes up
/// for it.
/// </summary>
internal sealed class JobCommands(JobStore jobs, JobPlanning planning, JobSchedule schedule, RunFolders folders, ServiceMetrics metrics)
{
    public Task<JobRecord> AddAsync(JobRequest request, string? by, CancellationToken cancellation) =>
        AddAsync(planning.Plan(request, by), cancellation);

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

/// <summary>What train jobs would cost, measured on this machine as it is now; one measurement at a time.</summary>
internal sealed class JobQuotes(JobPlanning planning, IDataSetCatalog dataSets, IOptions<ServiceOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="ApiException">The job makes no sense; the message says what.</exception>
    /// <exception cref="CaptionTLException">The same, of its plan or its data.</exception>
    public async Task<CostQuote> MeasureAsync(JobRequest request, CancellationToken cancellation)
    {
        if (request.Kind != JobKind.Train) throw ApiException.Invalid("Only jobs of kind train have a quote.");
        var job = planning.Plan(request, by: null);
        var plan = JsonSerializer.Deserialize<TransferPlan>(job.Plan!, Json.Compact)!;
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => CostQuoter.Measure(plan, dataSets.PathOf(job.Data), new WeightStore(), options.Value.Embeddings,
                options.Value.Precision, cancellation: cancellation), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
