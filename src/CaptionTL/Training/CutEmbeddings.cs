using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings of a run's images at the cut of a phase: from the cache, which is filled where they are missing; with online augmentation
/// those of the training images are computed at every use and not kept.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Filled with what is missing.</param>
/// <param name="plan">Says how many versions of every training image there are, and whether images are shuffled.</param>
/// <param name="progress">Images done, and a message for each one skipped.</param>
internal sealed class CutEmbeddings(PlannedBackbone planned, EmbeddingCache cache, TransferPlan plan, IProgress<RunProgress>? progress)
    : IPhaseEmbeddings, IDisposable
{
    private readonly Dictionary<string, EmbeddedImages> _trainAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddedImages> _devAt = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cut, Augmentation Augmentation), OnlineImages> _onlineAt = [];
    private IReadOnlyList<EmbeddingItem> _train = [];
    private IReadOnlyList<EmbeddingItem> _dev = [];

    // Where every phase makes its own versions, the images are embedded only to find those that can be read.
    private int Views => plan.Phases.Count > 0 && plan.Phases.All(p => p.Augmentation is not null) ? 1 : plan.Views;

    /// <summary>Computes the embeddings of the head's layer, and leaves out the images that cannot be read.</summary>
    /// <returns>How many cannot be read.</returns>
    /// <exception cref="CaptionTLException">None can be read, or a class has no training images left.</exception>
    public int Open(CnnEncoder encoder, TrainingData data, CancellationToken cancellation)
    {
        var (train, dev, skipped) = Open(encoder, EmbeddingItem.Of(data.Train), EmbeddingItem.Of(data.Dev), cancellation);
        data.Keep(train, dev);
        return skipped;
    }

    /// <summary>Computes the embeddings of the head's layer, and finds out which images can be read.</summary>
    /// <returns>Positions of the training and of the dev images that can be read, and how many cannot.</returns>
    /// <exception cref="CaptionTLException">None can be read.</exception>
    public (IReadOnlyList<int> Train, IReadOnlyList<int> Dev, int Skipped) Open(
        CnnEncoder encoder, IReadOnlyList<EmbeddingItem> train, IReadOnlyList<EmbeddingItem> dev, CancellationToken cancellation)
    {
        var a = _trainAt[encoder.Cut] = Embed(encoder, train, Views, "training", cancellation);
        var b = _devAt[encoder.Cut] = Embed(encoder, dev, plan.Head.DevViews, "dev", cancellation);
        (_train, _dev) = ([.. a.Kept.Select(i => train[i])], [.. b.Kept.Select(i => dev[i])]);
        return (a.Kept, b.Kept, a.Built.Skipped.Count + b.Built.Skipped.Count);
    }

    /// <exception cref="CaptionTLException">An image that could be read before cannot be read any more.</exception>
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        var missing = !_devAt.ContainsKey(cut) || (augmentation is null && !_trainAt.ContainsKey(cut));
        using var encoder = missing ? planned.Encoder(cut) : null;
        IImageEmbeddings train = augmentation is null ? Cached(_trainAt, cut, _train, Views, "training", encoder, cancellation)
            : Online(cut, augmentation);
        return new SplitEmbeddings(Shuffled(train), Shuffled(Cached(_devAt, cut, _dev, plan.Head.DevViews, "dev", encoder, cancellation)));
    }

    public void Dispose()
    {
        foreach (var cached in _trainAt.Values.Concat(_devAt.Values)) cached.Dispose();
        foreach (var online in _onlineAt.Values) online.Dispose();
    }

    private IImageEmbeddings Shuffled(IImageEmbeddings images) => plan.Blind ? MappedImages.Shuffled(images, plan.Seed) : images;

    private CachedImages Cached(Dictionary<string, EmbeddedImages> byCut, string cut, IReadOnlyList<EmbeddingItem> items, int views,
        string split, CnnEncoder? encoder, CancellationToken cancellation)
    {
        if (byCut.TryGetValue(cut, out var known)) return known.Embeddings;
        var embedded = byCut[cut] = Embed(encoder!, items, views, split, cancellation);
        foreach (var skipped in embedded.Built.Skipped.Take(1))
            throw new CaptionTLException($"{skipped.Id} could be read when the run began and cannot be read now: {skipped.Reason}. Put "
                + "it back and start again.");
        return embedded.Embeddings;
    }

    private OnlineImages Online(string cut, Augmentation augmentation)
    {
        if (_onlineAt.TryGetValue((cut, augmentation), out var known)) return known;
        return _onlineAt[(cut, augmentation)] = new OnlineImages(_train, planned.Encoder(cut),
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

/// <summary>Where the phases of a plan get the embeddings of their images.</summary>
public interface IPhaseEmbeddings
{
    /// <summary>The embeddings of a cut.</summary>
    /// <param name="cut">The block whose output is needed.</param>
    /// <param name="augmentation">Online augmentation of the training images; null for the plan's views from the cache.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation);
}

/// <summary>Embeddings of one cut.</summary>
/// <param name="Train">Those of the training images, in the plan's number of views.</param>
/// <param name="Dev">Those of the dev images, in <see cref="Plans.HeadPlan.DevViews"/> views.</param>
public sealed record SplitEmbeddings(IImageEmbeddings Train, IImageEmbeddings Dev);
