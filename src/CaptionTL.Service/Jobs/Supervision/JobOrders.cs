using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Service.Registry;
using CaptionTL.Training.Plans;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>From a job's row to what its process is told: names become paths.</summary>
internal sealed class JobOrders(IDataSetCatalog dataSets, ModelRegistry models, RunFolders folders, IOptions<ServiceOptions> options)
{
    /// <exception cref="Api.ApiException">The data set or the model is gone.</exception>
    public JobOrder Write(JobRecord job, JobLease lease)
    {
        var asked = job.Asked;
        var asks = job.Kind is JobKind.Evaluate or JobKind.Caption;
        var model = asks ? models.Find(job.Model!) : null;
        return new JobOrder
        {
            Id = job.Id,
            Kind = job.Kind,
            DataPath = dataSets.PathOf(job.Data),
            Embeddings = options.Value.Embeddings,
            Device = options.Value.Device,
            Precision = options.Value.Precision,
            LeaseUntil = lease.Until,
            Name = model?.Name ?? job.Model ?? "embed",
            Plan = job.Plan is null ? null : JsonSerializer.Deserialize<TransferPlan>(job.Plan, Json.Compact),
            Plans = asked.Plans is null ? null : [.. asked.Plans.Select(name => new NamedPlan(name, PlanPresets.Find(name)))],
            Minutes = asked.Minutes ?? JobPlanning.UsualMinutes,
            LearningCurve = asked.LearningCurve ?? false,
            Bundle = model?.Path,
            SplitFile = model is null ? null : SplitOf(model.Name, model.Version, job.Data),
            Split = asked.Split,
            Beam = asked.Beam,
            Best = asked.Best,
        };
    }

    // Pictures are the same ones only within one version of a data set.
    private string? SplitOf(string model, int version, string data)
    {
        var made = models.Snapshot.Find(model)?.Versions.FirstOrDefault(v => v.Version == version);
        return made?.Data == data && made.Run is { } job ? folders.SplitFile(job) : null;
    }
}
