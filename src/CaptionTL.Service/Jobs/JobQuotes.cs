using System.Text.Json;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Training.Plans;
using CaptionTL.Training.Quotes;
using CaptionTL.Weights;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

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
            return await Task.Run(() => CostQuoter.Measure(plan, dataSets.PathOf(job.Data), new WeightStore(), options.Value.Embeddings, options.Value.Precision, cancellation: cancellation), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
