using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>The pretrained network that a plan asks for, found on this machine or downloaded.</summary>
/// <param name="Weights">The published weights.</param>
/// <param name="Path">Their file.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Preprocessing">The weights' own with the plan's size and way of resizing.</param>
/// <param name="Precision">Arithmetic of what is frozen.</param>
public sealed record PlannedBackbone(BackboneWeights Weights, string Path, string Sha256, Preprocessing Preprocessing, Precision Precision)
{
    /// <summary>Parameters; those of ResNet-50's 1,000 classes are two million.</summary>
    private const long LargestTop = 4_000_000;

    /// <exception cref="CaptionTLException">The weights are not to be had.</exception>
    public static PlannedBackbone Find(
        TransferPlan plan, WeightStore store, Precision precision, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var weights = BackboneRegistry.FindWeights(plan.Backbone);
        var downloading = progress is null ? null : new ImmediateProgress<DownloadProgress>(p => progress.Report(new RunProgress($"download {weights.Name}", p.Received, p.Total ?? 0, "bytes")));
        var path = store.EnsureAsync(weights.File, downloading, cancellation).GetAwaiter().GetResult();
        var size = weights.Preprocessing;
        var preprocessing = size with { Resize = plan.Resize, Width = plan.InputSize ?? size.Width, Height = plan.InputSize ?? size.Height };
        return new PlannedBackbone(weights, path, store.Sha256Of(path), preprocessing, precision);
    }

    /// <summary>The blocks up to a cut, frozen and fast; the caller disposes it.</summary>
    /// <exception cref="CaptionTLException">There is no such block, or the file does not fit.</exception>
    public CnnEncoder Encoder(string? cut) => PretrainedEncoder.Load(Weights, Path, Sha256, Preprocessing, cut, Precision, includeTop: false);

    /// <summary>All blocks with their published weights, to be trained; the caller disposes it.</summary>
    public Backbone Network() => PretrainedEncoder.LoadBackbone(Weights, Path, includeTop: false);

    /// <summary>
    /// The network with its own classes, for what is computed from its last block's embeddings; null where embeddings are another block's, or the
    /// top is so large (VGG's has 120 million parameters) that a bundle should not carry it. The caller disposes it.
    /// </summary>
    public Backbone? WithClasses(CnnEncoder encoder)
    {
        if (encoder.Cut != encoder.Backbone.LastCut) return null;
        var whole = PretrainedEncoder.LoadBackbone(Weights, Path);
        if (whole.TopParameters().Sum(p => p.Value.numel()) <= LargestTop) return whole;
        whole.Dispose();
        return null;
    }
}
