using CaptionTL.Backbones;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>The encoder that a plan asks for.</summary>
/// <param name="Encoder">Ready to run; the caller disposes it.</param>
/// <param name="Weights">The published weights it was made of.</param>
/// <param name="Sha256">Of their file.</param>
public sealed record PlannedEncoder(CnnEncoder Encoder, BackboneWeights Weights, string Sha256)
{
    /// <summary>Finds the weights, downloads them where need be, and loads them.</summary>
    /// <exception cref="CaptionTLException">They are not to be had, or do not fit.</exception>
    public static PlannedEncoder Load(
        TransferPlan plan, WeightStore store, Precision precision, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var weights = BackboneRegistry.FindWeights(plan.Backbone);
        var downloading = progress is null ? null : new ImmediateProgress<DownloadProgress>(p => progress.Report(new RunProgress($"download {weights.Name}", p.Received, p.Total ?? 0, "bytes")));
        var path = store.EnsureAsync(weights.File, downloading, cancellation).GetAwaiter().GetResult();
        var size = weights.Preprocessing;
        var preprocessing = size with { Resize = plan.Resize, Width = plan.InputSize ?? size.Width, Height = plan.InputSize ?? size.Height };
        var sha256 = store.Sha256Of(path);
        return new PlannedEncoder(PretrainedEncoder.Load(weights, path, sha256, preprocessing, plan.Cut, precision, includeTop: false), weights, sha256);
    }
}
