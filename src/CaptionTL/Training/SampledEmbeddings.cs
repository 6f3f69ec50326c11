using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings of a few images at the cut of a phase, put into the cache as a run would, and what all of them would cost. Images whose
/// embeddings are missing are preferred, since the time is measured on them.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Filled with the few embeddings.</param>
/// <param name="train">All training images.</param>
/// <param name="dev">All dev images.</param>
/// <param name="devSample">The few dev images that are scored.</param>
/// <param name="views">Versions of every training image.</param>
/// <param name="devViews">Versions of every dev image.</param>
/// <param name="progress">Messages for images skipped.</param>
internal sealed class SampledEmbeddings(PlannedBackbone planned, EmbeddingCache cache, IReadOnlyList<EmbeddingItem> train,
    IReadOnlyList<EmbeddingItem> dev, IReadOnlyList<EmbeddingItem> devSample, int views, int devViews, IProgress<RunProgress>? progress) : IPhaseEmbeddings, IDisposable
{
    /// <summary>Number of images that are measured.</summary>
    public const int Size = 20;

    private readonly Dictionary<string, (EmbeddedImages Train, EmbeddedImages Dev, IReadOnlyList<EmbeddingItem> Sample)> _byCut =
        new(StringComparer.Ordinal);
    private readonly List<EmbeddingCost> _costs = [];
    private readonly List<OnlineImages> _online = [];

    /// <summary>One for every cut that was asked for.</summary>
    public IReadOnlyList<EmbeddingCost> Costs => _costs;

    /// <summary>A few items of a list, evenly spaced.</summary>
    public static IReadOnlyList<T> Some<T>(IReadOnlyList<T> all) =>
        all.Count <= Size ? all : [.. Enumerable.Range(0, Size).Select(i => all[(int)((long)i * all.Count / Size)])];

    /// <summary>As many training images as there are, and the few dev images.</summary>
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        if (!_byCut.TryGetValue(cut, out var found))
        {
            using var encoder = planned.Encoder(cut);
            found = _byCut[cut] = Measure(encoder, cancellation);
        }
        IImageEmbeddings some = augmentation is null ? found.Train.Embeddings : Online(cut, augmentation, found.Sample);
        return new SplitEmbeddings(new RepeatedImages(some, train.Count), found.Dev.Embeddings);
    }

    /// <summary>Positions of the dev images of the sample that can be read.</summary>
    public IReadOnlyList<int> Kept(string cut) => _byCut[cut].Dev.Kept;

    public void Dispose()
    {
        foreach (var (some, scored, _) in _byCut.Values)
        {
            some.Dispose();
            scored.Dispose();
        }
        foreach (var online in _online) online.Dispose();
    }

    private OnlineImages Online(string cut, Augmentation augmentation, IReadOnlyList<EmbeddingItem> sample)
    {
        var online = new OnlineImages(sample, planned.Encoder(cut), augmentation);
        _online.Add(online);
        return online;
    }

    private (EmbeddedImages, EmbeddedImages, IReadOnlyList<EmbeddingItem>) Measure(CnnEncoder encoder, CancellationToken cancellation)
    {
        var embedder = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing));
        var unfinished = Plan(train, views).ToRead;
        var sample = Some(unfinished.Count > 0 ? [.. unfinished.Select(i => train[i])] : train);
        var some = embedder.Embed(sample, views, $"measure embedding up to {encoder.Cut}", progress, cancellation);
        try
        {
            var scored = embedder.Embed(devSample, devViews, $"measure embedding up to {encoder.Cut}", progress, cancellation);
            // The measured ones are there now, whether or not their files are known by their stamps yet.
            var missing = (long)Plan([.. train.Except(sample)], views).Total + Plan([.. dev.Except(devSample)], devViews).Total;
            var measured = some.Built.Encoded > 0 ? some.Built : scored.Built;
            _costs.Add(new EmbeddingCost(encoder.Cut, (long)train.Count * views + (long)dev.Count * devViews, missing, encoder.Cells,
                encoder.Channels, missing > 0 ? SecondsEach(measured) : 0));
            return (some, scored, [.. some.Kept.Select(i => sample[i])]);
        }
        catch
        {
            some.Dispose();
            throw;
        }

        EmbeddingPlan Plan(IReadOnlyList<EmbeddingItem> items, int versions) =>
            new(cache, items, ContentHash.OfText(encoder.Fingerprint), versions);
    }

    // The last batch is filled up with images that a longer run would not compute in vain.
    private static double SecondsEach(EmbeddingBuildResult built)
    {
        var batch = new EmbeddingBuildOptions().BatchSize;
        var computed = (built.Encoded + batch - 1) / batch * batch;
        return built.Encoded == 0 ? 0 : built.EncoderTime.TotalSeconds / computed
            + (built.Elapsed - built.EncoderTime).TotalSeconds / built.Encoded;
    }
}

/// <summary>The embeddings of a few images in the place of many.</summary>
/// <param name="few">At least one.</param>
/// <param name="images">How many there seem to be.</param>
internal sealed class RepeatedImages(IImageEmbeddings few, int images) : IImageEmbeddings
{
    public int Images => images;

    public int Views => few.Views;

    public int Cells => few.Cells;

    public int Channels => few.Channels;

    public void CopyTo(int image, int view, Span<Half> destination) => few.CopyTo(image % few.Images, view, destination);

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination) =>
        few.CopyTo([.. rows.Select(r => (r.Image % few.Images, r.View))], destination);
}
