using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>
/// Embeddings of a run's pictures at whatever cut a phase asks for: from the cache where they are there, computed where they are not.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Filled.</param>
/// <param name="plan">Says how many versions of every training picture there are, and whether pictures are exchanged.</param>
/// <param name="progress">Pictures done, and a message for each one skipped.</param>
internal sealed class CutEmbeddings(PlannedBackbone planned, EmbeddingCache cache, TransferPlan plan, IProgress<RunProgress>? progress) : IDisposable
{
    private readonly Dictionary<string, (EmbeddedPictures Train, EmbeddedPictures Dev)> _byCut = new(StringComparer.Ordinal);
    private IReadOnlyList<EmbeddingItem> _train = [];
    private IReadOnlyList<EmbeddingItem> _dev = [];

    /// <summary>Computes the embeddings of the head's layer, and finds out which pictures can be read.</summary>
    /// <returns>Positions of the training and of the dev pictures that can, and how many cannot.</returns>
    /// <exception cref="CaptionTLException">None of them can.</exception>
    public (IReadOnlyList<int> Train, IReadOnlyList<int> Dev, int Skipped) Open(
        CnnEncoder encoder, IReadOnlyList<EmbeddingItem> train, IReadOnlyList<EmbeddingItem> dev, CancellationToken cancellation)
    {
        var (a, b) = _byCut[encoder.Cut] = Embed(encoder, train, dev, cancellation);
        (_train, _dev) = ([.. a.Kept.Select(i => train[i])], [.. b.Kept.Select(i => dev[i])]);
        return (a.Kept, b.Kept, a.Built.Skipped.Count + b.Built.Skipped.Count);
    }

    /// <summary>The embeddings of a cut.</summary>
    /// <exception cref="CaptionTLException">A picture that could be read before cannot be read any more.</exception>
    public SplitEmbeddings At(string cut, CancellationToken cancellation)
    {
        if (!_byCut.TryGetValue(cut, out var found))
        {
            using var encoder = planned.Encoder(cut);
            found = _byCut[cut] = Embed(encoder, _train, _dev, cancellation);
            foreach (var skipped in found.Train.Built.Skipped.Concat(found.Dev.Built.Skipped).Take(1))
                throw new CaptionTLException($"{skipped.Id} could be read when the run began and cannot be read now: {skipped.Reason}. Put it back and start again.");
        }
        return new SplitEmbeddings(Seen(found.Train), Seen(found.Dev));
    }

    public void Dispose()
    {
        foreach (var (train, dev) in _byCut.Values)
        {
            train.Dispose();
            dev.Dispose();
        }
    }

    private IPictureEmbeddings Seen(EmbeddedPictures pictures) => plan.Blind ? new BlindPictures(pictures.Embeddings, plan.Seed) : pictures.Embeddings;

    private (EmbeddedPictures, EmbeddedPictures) Embed(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> train, IReadOnlyList<EmbeddingItem> dev, CancellationToken cancellation)
    {
        var embedder = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing));
        var at = encoder.Cut == encoder.Backbone.LastCut ? "" : $" up to {encoder.Cut}";
        var embedded = embedder.Embed(train, plan.Views, "embed training pictures" + at, progress, cancellation);
        try
        {
            return (embedded, embedder.Embed(dev, 1, "embed dev pictures" + at, progress, cancellation));
        }
        catch
        {
            embedded.Dispose();
            throw;
        }
    }
}
