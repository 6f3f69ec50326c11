using CaptionTL.Images;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model in memory and the pictures that wait for it.</summary>
/// <typeparam name="TQuestion">What is asked of a picture; pictures whose questions are equal go through the model together.</typeparam>
/// <typeparam name="TResult">Its answer.</typeparam>
internal abstract class QueuedModel<TQuestion, TResult> : LoadedModel where TQuestion : notnull
{
    private readonly BatchQueue<TQuestion, RgbImage, TResult> _queue;

    protected QueuedModel(ServedModel model, ServingOptions options, ServiceMetrics metrics) : base(model) =>
        _queue = new(Answer, options) { Telemetry = (metrics, model.Task) };

    public abstract Preprocessor Preprocessor { get; }

    /// <exception cref="Api.ApiException">503: too many pictures wait already.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked is gone.</exception>
    public Task<Answered<TResult>> AskAsync(TQuestion question, RgbImage picture, CancellationToken cancellation) => _queue.AskAsync(question, picture, cancellation);

    /// <param name="question">Of all pictures.</param>
    /// <param name="pictures">Ready for the network.</param>
    /// <param name="cancellation">Nobody waits for the answer any more.</param>
    protected abstract IReadOnlyList<TResult> Answer(TQuestion question, IReadOnlyList<RgbImage> pictures, CancellationToken cancellation);

    protected abstract void FreeNetwork();

    protected override async ValueTask FreeAsync()
    {
        await _queue.DisposeAsync();
        FreeNetwork();
    }
}
