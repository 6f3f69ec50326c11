using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A plan carried out: captiontl train.</summary>
internal static class TrainWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var result = new TransferRun(Options(order, folder), new WeightStore(), progress).Execute(cancellation);
        var scores = result.Manifest.Scores!;
        return new JobOutcome(
            new JobResult
            {
                Task = result.Manifest.Task, Scores = scores.Values, MainScore = scores.Main, Skipped = result.Skipped, Report = result.Report is not null,
                Pictures = result.Manifest.Data.TrainPictures + result.Manifest.Data.DevPictures,
            },
            Path.GetRelativePath(folder, result.Bundle));
    }

    /// <summary>The run lies below the job's folder, under the model's name.</summary>
    public static TransferRunOptions Options(JobOrder order, string folder) => new()
    {
        Plan = order.Plan!,
        Data = order.DataPath,
        Out = Path.Combine(folder, order.Name),
        Name = order.Name,
        CacheFolder = order.Embeddings,
        Precision = order.Precision,
    };
}
