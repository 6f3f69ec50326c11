using System.Threading.Channels;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model in memory, freed when it is no longer kept loaded and its last user has disposed it.</summary>
internal abstract class LoadedModel(ServedModel served) : IAsyncDisposable
{
    private int _users = 1; // the host that keeps it loaded

    public ServedModel Served => served;

    /// <summary>Its name and version as answers tell them.</summary>
    public ModelUsed Used => new(served.Name, served.Version);

    /// <summary>Adds a user, who disposes the model when done; false when it has been freed already.</summary>
    public bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }
        return false;
    }

    /// <summary>Removes a user.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Decrement(ref _users) == 0) await FreeAsync();
    }

    protected abstract ValueTask FreeAsync();
}

/// <summary>An image that waits for a model.</summary>
/// <param name="Pixels">Of the network's size.</param>
/// <param name="Position">In its request, from 0.</param>
/// <param name="Words">Receives the leading words while the caption is written; null where nobody reads them.</param>
internal sealed record QueuedImage(RgbImage Pixels, int Position, ChannelWriter<LeadingWords>? Words);

/// <summary>A model in memory with the images that wait for it.</summary>
/// <typeparam name="TQuestion">What is asked of an image; images with equal questions go through the model together.</typeparam>
/// <typeparam name="TResult">The model's result for an image.</typeparam>
internal abstract class QueuedModel<TQuestion, TResult> : LoadedModel where TQuestion : notnull
{
    private readonly BatchQueue<TQuestion, QueuedImage, TResult> _queue;

    protected QueuedModel(ServedModel served, ServingOptions options, ServiceMetrics metrics) : base(served) =>
        _queue = new(Answer, options) { Telemetry = (metrics, served.Task) };

    public abstract Preprocessor Preprocessor { get; }

    /// <exception cref="Api.ApiException">503: too many images wait already.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public Task<Answered<TResult>> AskAsync(TQuestion question, QueuedImage image, CancellationToken cancellation) =>
        _queue.AskAsync(question, image, cancellation);

    /// <param name="question">Asked of all images.</param>
    /// <param name="images">The batch.</param>
    /// <param name="cancellation">Cancelled when the clients of all images have gone.</param>
    protected abstract IReadOnlyList<TResult> Answer(TQuestion question, IReadOnlyList<QueuedImage> images,
        CancellationToken cancellation);

    protected abstract void FreeNetwork();

    protected override async ValueTask FreeAsync()
    {
        await _queue.DisposeAsync();
        FreeNetwork();
    }
}

/// <summary>How an image is to be captioned.</summary>
/// <param name="Decoding">How words are chosen.</param>
/// <param name="Attention">Keep the attention of every word.</param>
internal sealed record CaptionQuestion(DecodingOptions Decoding, bool Attention);

/// <summary>A model that writes captions.</summary>
internal sealed class CaptionModel(ServedModel served, Precision precision, ServingOptions options, ServiceMetrics metrics)
    : QueuedModel<CaptionQuestion, CaptionResult>(served, options, metrics)
{
    private readonly Captioner _captioner = Captioner.Load(served.Path, precision, limits: options.ImageLimits);

    public override Preprocessor Preprocessor => _captioner.Preprocessor;

    /// <summary>How words are chosen unless the request says otherwise.</summary>
    public DecodingOptions Decoding => _captioner.Manifest.Decoding!;

    /// <summary>How the cells of the attention lie over an image.</summary>
    public AttentionGrid GridOver(ReadOnlyMemory<byte> image)
    {
        var (cells, pixels) = (_captioner.Encoder.Cells, Preprocessor.Preprocessing);
        var rows = (int)Math.Round(Math.Sqrt(cells * (double)pixels.Height / pixels.Width));
        if (rows == 0 || cells % rows != 0) rows = 1;
        var seen = Preprocessor.Seen(image);
        var (width, height) = ((double)seen.ImageWidth, (double)seen.ImageHeight);
        return new AttentionGrid(rows, cells / rows, seen.Left / width, seen.Top / height, seen.Width / width, seen.Height / height);
    }

    protected override IReadOnlyList<CaptionResult> Answer(CaptionQuestion question, IReadOnlyList<QueuedImage> images,
        CancellationToken cancellation)
    {
        return _captioner.Describe([.. images.Select(image => image.Pixels)], question.Decoding, question.Attention,
            images.Any(image => image.Words is not null) ? Tell : null, cancellation);

        void Tell(int index, string text) => images[index].Words?.TryWrite(new LeadingWords(images[index].Position, text));
    }

    protected override void FreeNetwork() => _captioner.Dispose();
}

/// <summary>Every question about classes is the same: the whole ranking, of which each request takes its part.</summary>
internal readonly record struct ClassQuestion;

/// <summary>A model that classifies images.</summary>
internal sealed class ClassModel(ServedModel served, Precision precision, ServingOptions options, ServiceMetrics metrics)
    : QueuedModel<ClassQuestion, Classification>(served, options, metrics)
{
    private readonly Classifier _classifier = Classifier.Load(served.Path, precision, limits: options.ImageLimits);

    public override Preprocessor Preprocessor => _classifier.Preprocessor;

    protected override IReadOnlyList<Classification> Answer(ClassQuestion question, IReadOnlyList<QueuedImage> images,
        CancellationToken cancellation) => _classifier.Classify([.. images.Select(image => image.Pixels)]);

    protected override void FreeNetwork() => _classifier.Dispose();
}
