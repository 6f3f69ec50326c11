using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A plan carried out, like captiontl train.</summary>
internal static class TrainWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var result = new TrainingRun(Options(order, order.Plan!, folder), new WeightStore(), progress).Execute(cancellation);
        var scores = result.Manifest.Scores!;
        return new JobOutcome(
            new JobResult
            {
                Task = result.Manifest.Task,
                Scores = scores.Values,
                MainScore = scores.Main,
                Skipped = result.Skipped,
                Report = result.Report is not null,
                Images = result.Manifest.Data.TrainImages + result.Manifest.Data.DevImages,
            },
            Path.GetRelativePath(folder, result.Bundle));
    }

    /// <summary>The run lies below the job's folder, under the model's name.</summary>
    public static TrainingRunOptions Options(JobOrder order, TransferPlan plan, string folder) => new()
    {
        Plan = plan,
        Data = order.DataPath,
        Out = Path.Combine(folder, order.Name),
        Name = order.Name,
        CacheFolder = order.Embeddings,
        Precision = order.Precision,
    };
}

/// <summary>Several plans within a time limit, like captiontl race.</summary>
internal static class RaceWork
{
    private const double DefaultMinutes = 30;

    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var plans = order.Request.Plans!.Select(name => (name, PlanPresets.Find(name))).ToList();
        var shares = order.Request.LearningCurve == true ? Race.CurveShares : [1];
        var result = new Race(TrainWork.Options(order, plans[0].Item2, folder), new WeightStore(), progress)
            .Execute(plans, shares, TimeSpan.FromMinutes(order.Request.Minutes ?? DefaultMinutes), cancellation);
        var best = result.Recommended ?? throw new CaptionTLException("No plan finished within the time. Run the race again with more "
            + "minutes; what was computed is kept.");
        return new JobOutcome(
            new JobResult
            {
                Task = best.Scores is { Main: "ciderD" } ? "caption" : "classify",
                Scores = best.Scores!.Values,
                MainScore = best.Scores.Main,
                Recommended = best.Plan,
                Images = result.DevImages,
                Race = [.. result.Entries.Select(e => new RaceRow(e.Plan, e.TrainShare, Outcome(e.Outcome), e.Scores?.Values,
                    Math.Round(e.Elapsed.TotalSeconds, 1), e.BundleBytes))],
            },
            Path.GetRelativePath(folder, best.Bundle!));
    }

    private static string Outcome(RaceOutcome outcome) =>
        outcome switch { RaceOutcome.Finished => "finished", RaceOutcome.CutOff => "cutOff", _ => "notBegun" };
}

/// <summary>Embeddings computed ahead of training, like captiontl embed.</summary>
internal static class EmbedWork
{
    public static JobOutcome Run(JobOrder order, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var plan = order.Plan!;
        var dataset = DatasetReader.Open(order.DataPath);
        using var cache = EmbeddingCache.Open(order.Embeddings);
        using var encoder = PlannedBackbone.Find(plan, new WeightStore(), order.Precision, progress, cancellation).Encoder(plan.Layer);
        using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(EmbeddingItem.Of(dataset.Images), plan.Views, "embedding", progress, cancellation);
        return new JobOutcome(new JobResult
        {
            Images = embedded.Kept.Count,
            Computed = embedded.Built.Encoded,
            Skipped = embedded.Built.Skipped.Count,
        });
    }
}
