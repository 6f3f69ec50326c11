using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings of a run's images at whatever cut a phase asks for: from the cache where they are there, computed and kept where they are
/// not; computed anew at every use, and not kept, where the phase asks for live versions of the training images.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Filled.</param>
/// <param name="plan">Says how many versions of every training image there are, and whether images are exchanged.</param>
/// <param name="progress">Images done, and a message for each one skipped.</param>
internal sealed class CutEmbeddings(PlannedBackbone planned, EmbeddingCache cache, TransferPlan plan, IProgress<RunProgress>? progress)
    : IDisposable
{
    private readonly Dictionary<string, EmbeddedImages> _trainAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddedImages> _devAt = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cut, Augmentation Augmentation), LiveImages> _liveAt = [];
    private IReadOnlyList<EmbeddingItem> _train = [];
    private IReadOnlyList<EmbeddingItem> _dev = [];

    // Where every phase makes its own versions, the images are embedded only to find those that can be read.
    private int Views => plan.Phases.Count > 0 && plan.Phases.All(p => p.Augmentation is not null) ? 1 : plan.Views;

    /// <summary>Computes the embeddings of the head's layer, and finds out which images can be read.</summary>
    /// <returns>Positions of the training and of the dev images that can, and how many cannot.</returns>
    /// <exception cref="CaptionTLException">None of them can.</exception>
    public (IReadOnlyList<int> Train, IReadOnlyList<int> Dev, int Skipped) Open(
        CnnEncoder encoder, IReadOnlyList<EmbeddingItem> train, IReadOnlyList<EmbeddingItem> dev, CancellationToken cancellation)
    {
        var a = _trainAt[encoder.Cut] = Embed(encoder, train, Views, "training", cancellation);
        var b = _devAt[encoder.Cut] = Embed(encoder, dev, plan.Head.DevViews, "dev", cancellation);
        (_train, _dev) = ([.. a.Kept.Select(i => train[i])], [.. b.Kept.Select(i => dev[i])]);
        return (a.Kept, b.Kept, a.Built.Skipped.Count + b.Built.Skipped.Count);
    }

    /// <summary>The embeddings of a cut.</summary>
    /// <param name="cut">Block whose output is asked for.</param>
    /// <param name="augmentation">Of live training images; null for the plan's views out of the cache.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">An image that could be read before cannot be read any more.</exception>
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        var missing = !_devAt.ContainsKey(cut) || (augmentation is null && !_trainAt.ContainsKey(cut));
        using var encoder = missing ? planned.Encoder(cut) : null;
        IImageEmbeddings train = augmentation is null ? Cached(_trainAt, cut, _train, Views, "training", encoder, cancellation)
            : Live(cut, augmentation);
        return new SplitEmbeddings(Seen(train), Seen(Cached(_devAt, cut, _dev, plan.Head.DevViews, "dev", encoder, cancellation)));
    }

    public void Dispose()
    {
        foreach (var cached in _trainAt.Values.Concat(_devAt.Values)) cached.Dispose();
        foreach (var live in _liveAt.Values) live.Dispose();
    }

    private IImageEmbeddings Seen(IImageEmbeddings images) => plan.Blind ? new BlindImages(images, plan.Seed) : images;

    private CachedImages Cached(
        Dictionary<string, EmbeddedImages> byCut, string cut, IReadOnlyList<EmbeddingItem> items, int views, string split,
            CnnEncoder? encoder, CancellationToken cancellation)
    {
        if (byCut.TryGetValue(cut, out var known)) return known.Embeddings;
        var embedded = byCut[cut] = Embed(encoder!, items, views, split, cancellation);
        foreach (var skipped in embedded.Built.Skipped.Take(1))
            throw new CaptionTLException($"{skipped.Id} could be read when the run began and cannot be read now: {skipped.Reason}. Put "
                + $"it back and start again.");
        return embedded.Embeddings;
    }

    private LiveImages Live(string cut, Augmentation augmentation)
    {
        if (_liveAt.TryGetValue((cut, augmentation), out var known)) return known;
        return _liveAt[(cut, augmentation)] = new LiveImages(_train, planned.Encoder(cut),
            augmentation with { Seed = unchecked(augmentation.Seed + (ulong)plan.Seed) });
    }

    private EmbeddedImages Embed(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> items, int views, string split,
        CancellationToken cancellation)
    {
        var at = encoder.Cut == encoder.Weights.Network.LastCut ? "" : $" up to {encoder.Cut}";
        return new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(items, views, $"embed {split} images{at}", progress, cancellation);
    }
}

/// <summary>Embeddings of one cut.</summary>
/// <param name="Train">Of the training images, in the plan's number of views.</param>
/// <param name="Dev">Of the dev images, in <see cref="Plans.HeadPlan.DevViews"/> views.</param>
public sealed record SplitEmbeddings(IImageEmbeddings Train, IImageEmbeddings Dev);

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
        TransferPlan plan, WeightStore store, Precision precision, IProgress<RunProgress>? progress = null,
            CancellationToken cancellation = default)
    {
        var weights = BackboneRegistry.FindWeights(plan.Backbone);
        var downloading = progress is null ? null : new ImmediateProgress<DownloadProgress>(p =>
            progress.Report(new RunProgress($"download {weights.Name}", p.Received, p.Total ?? 0, "bytes")));
        var path = store.EnsureAsync(weights.File, downloading, cancellation).GetAwaiter().GetResult();
        var size = weights.Preprocessing;
        var preprocessing = size with { Resize = plan.Resize, Width = plan.InputSize ?? size.Width, Height = plan.InputSize
            ?? size.Height };
        return new PlannedBackbone(weights, path, store.Sha256Of(path), preprocessing, precision);
    }

    /// <summary>The blocks up to a cut, frozen and fast; the caller disposes it.</summary>
    /// <exception cref="CaptionTLException">There is no such block, or the file does not fit.</exception>
    public CnnEncoder Encoder(string? cut) =>
        PretrainedEncoder.Load(Weights, Path, Sha256, Preprocessing, cut, Precision, includeTop: false);

    /// <summary>All blocks with their published weights, to be trained; the caller disposes it.</summary>
    public Backbone Network() => PretrainedEncoder.LoadBackbone(Weights, Path, includeTop: false);

    /// <summary>
    /// The network with its own classes, for what is computed from its last block's embeddings; null where embeddings are another block's,
    /// or the top is so large (VGG's has 120 million parameters) that a bundle should not carry it. The caller disposes it.
    /// </summary>
    public NetworkWeights? WithClasses(CnnEncoder encoder)
    {
        if (encoder.Cut != encoder.Weights.Network.LastCut) return null;
        using var file = TensorFile.Open(Path);
        var whole = PretrainedEncoder.LoadWeights(Weights.Architecture, file, Path);
        if (whole.Top.Sum(p => p.Value.numel()) <= LargestTop) return whole;
        whole.Dispose();
        return null;
    }
}

/// <summary>Images of a data set to embeddings in the cache, ready to be read.</summary>
public sealed class ImageEmbedder(EmbeddingCache cache, CnnEncoder encoder, Preprocessor preprocessor)
{
    /// <param name="items">Images.</param>
    /// <param name="views">Versions of every image.</param>
    /// <param name="phase">For progress: what the images are.</param>
    /// <param name="progress">Images done, and a message for each one skipped.</param>
    /// <param name="cancellation">Finishes the batch at hand; what was computed stays in the cache.</param>
    /// <exception cref="CaptionTLException">None of the images can be read.</exception>
    public EmbeddedImages Embed(
        IReadOnlyList<EmbeddingItem> items, int views, string phase, IProgress<RunProgress>? progress = null,
            CancellationToken cancellation = default)
    {
        var builder = new EmbeddingBuilder(cache, encoder, bytes =>
        {
            var make = preprocessor.Open(bytes);
            return view => make(new AugmentationView(view));
        });
        var report = progress is null ? null
            : new ImmediateProgress<EmbeddingProgress>(p => progress.Report(new RunProgress(phase, p.Done, p.Total, "images")));
        var built = builder.Build(items, views, report, cancellation);
        foreach (var skipped in built.Skipped)
            progress?.Report(new RunProgress(phase, items.Count, items.Count, "images") { Message = $"skipped {skipped.Id}: "
                + $"{skipped.Reason}" });
        var kept = Enumerable.Range(0, items.Count).Where(i => built.Contents[i] is not null).ToList();
        if (kept.Count == 0 && items.Count > 0)
            throw new CaptionTLException($"None of the {items.Count} images can be read. The first: {built.Skipped[0].Id}: "
                + $"{built.Skipped[0].Reason}");
        var table = cache.Load([.. kept.SelectMany(i => Enumerable.Range(0, views).Select(view => built.Key(i, encoder, view)))]);
        return new EmbeddedImages(kept, new CachedImages(table, views), built);
    }
}
