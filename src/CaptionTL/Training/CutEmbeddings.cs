using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings of a run's pictures at whatever cut a phase asks for: from the cache where they are there, computed and kept where they are
/// not; computed anew at every use, and not kept, where the phase asks for live versions of the training pictures.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Filled.</param>
/// <param name="plan">Says how many versions of every training picture there are, and whether pictures are exchanged.</param>
/// <param name="progress">Pictures done, and a message for each one skipped.</param>
internal sealed class CutEmbeddings(PlannedBackbone planned, EmbeddingCache cache, TransferPlan plan, IProgress<RunProgress>? progress) : IDisposable
{
    private readonly Dictionary<string, EmbeddedPictures> _trainAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddedPictures> _devAt = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cut, Augmentation Augmentation), LivePictures> _liveAt = [];
    private IReadOnlyList<EmbeddingItem> _train = [];
    private IReadOnlyList<EmbeddingItem> _dev = [];

    // Where every phase makes its own versions, the pictures are embedded only to find those that can be read.
    private int Views => plan.Phases.Count > 0 && plan.Phases.All(p => p.Augmentation is not null) ? 1 : plan.Views;

    /// <summary>Computes the embeddings of the head's layer, and finds out which pictures can be read.</summary>
    /// <returns>Positions of the training and of the dev pictures that can, and how many cannot.</returns>
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
    /// <param name="augmentation">Of live training pictures; null for the plan's views out of the cache.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">A picture that could be read before cannot be read any more.</exception>
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        var missing = !_devAt.ContainsKey(cut) || (augmentation is null && !_trainAt.ContainsKey(cut));
        using var encoder = missing ? planned.Encoder(cut) : null;
        IPictureEmbeddings train = augmentation is null ? Cached(_trainAt, cut, _train, Views, "training", encoder, cancellation) : Live(cut, augmentation);
        return new SplitEmbeddings(Seen(train), Seen(Cached(_devAt, cut, _dev, plan.Head.DevViews, "dev", encoder, cancellation)));
    }

    public void Dispose()
    {
        foreach (var cached in _trainAt.Values.Concat(_devAt.Values)) cached.Dispose();
        foreach (var live in _liveAt.Values) live.Dispose();
    }

    private IPictureEmbeddings Seen(IPictureEmbeddings pictures) => plan.Blind ? new BlindPictures(pictures, plan.Seed) : pictures;

    private CachedPictures Cached(
        Dictionary<string, EmbeddedPictures> byCut, string cut, IReadOnlyList<EmbeddingItem> items, int views, string split, CnnEncoder? encoder, CancellationToken cancellation)
    {
        if (byCut.TryGetValue(cut, out var known)) return known.Embeddings;
        var embedded = byCut[cut] = Embed(encoder!, items, views, split, cancellation);
        foreach (var skipped in embedded.Built.Skipped.Take(1))
            throw new CaptionTLException($"{skipped.Id} could be read when the run began and cannot be read now: {skipped.Reason}. Put it back and start again.");
        return embedded.Embeddings;
    }

    private LivePictures Live(string cut, Augmentation augmentation)
    {
        if (_liveAt.TryGetValue((cut, augmentation), out var known)) return known;
        return _liveAt[(cut, augmentation)] = new LivePictures(_train, planned.Encoder(cut), augmentation with { Seed = unchecked(augmentation.Seed + (ulong)plan.Seed) });
    }

    private EmbeddedPictures Embed(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> items, int views, string split, CancellationToken cancellation)
    {
        var at = encoder.Cut == encoder.Backbone.LastCut ? "" : $" up to {encoder.Cut}";
        return new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing)).Embed(items, views, $"embed {split} pictures{at}", progress, cancellation);
    }
}
