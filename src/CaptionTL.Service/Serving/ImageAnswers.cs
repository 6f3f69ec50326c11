using System.Diagnostics;
using System.Threading.Channels;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Takes the images of a request, all at once, through answer cache, decoding, queue and model.</summary>
internal sealed class ImageAnswers(ImageDecoding decoding, AnswerCache cache)
{
    /// <param name="model">Kept in use by the caller.</param>
    /// <param name="request">Images.</param>
    /// <param name="question">Asked of every image.</param>
    /// <param name="clock">Told where the time goes.</param>
    /// <param name="words">Receives the leading words of every image; null where nobody reads them.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    /// <returns>A result for each image, in order; of several images, each that cannot be read has its problem instead.</returns>
    /// <exception cref="CaptionTLException">The only image cannot be read.</exception>
    /// <exception cref="ApiException">The only image could not be fetched, or too many images wait already.</exception>
    public Task<ImageResult<TResult>[]> AnswerAsync<TQuestion, TResult>(QueuedModel<TQuestion, TResult> model, ImageRequest request,
        TQuestion question, AnswerClock clock, ChannelWriter<LeadingWords>? words, CancellationToken cancellation)
        where TQuestion : notnull where TResult : class
    {
        return Task.WhenAll(request.Images.Select(OneAsync));

        async Task<ImageResult<TResult>> OneAsync(SentImage image, int position)
        {
            try
            {
                if (image.Failure is { } notFetched) throw notFetched;
                var key = AnswerCache.Key(image.Bytes, model.Served, question);
                if (cache.TryGet<TResult>(key, out var known))
                {
                    clock.Answered(cached: true);
                    return new ImageResult<TResult>(image, known, Cached: true);
                }
                var begun = Stopwatch.GetTimestamp();
                var pixels = await decoding.PrepareAsync(model.Preprocessor, image.Bytes, cancellation);
                clock.Read(Stopwatch.GetElapsedTime(begun));
                var answered = await model.AskAsync(question, new QueuedImage(pixels, position, words), cancellation);
                clock.Model(answered.Wait, answered.Model);
                cache.Keep(key, answered.Result);
                clock.Answered(cached: false);
                return new ImageResult<TResult>(image, answered.Result);
            }
            catch (Exception failure)
            {
                clock.Failed(failure);
                var isOfThisImage = failure is CaptionTLException || failure == image.Failure;
                if (!isOfThisImage || request.Images.Count == 1) throw;
                return new ImageResult<TResult>(image, null) { Problem = FailureOf(failure) };
            }
        }
    }

    /// <summary>Why an image has no answer, in the words of the problem that a request with that image alone would get.</summary>
    public static ImageFailure FailureOf(Exception exception)
    {
        var problem = ApiProblems.Translate(exception);
        return new ImageFailure(problem.Code, problem.Message, problem.Hint);
    }
}

/// <summary>What became of one image.</summary>
/// <param name="Image">As it was sent.</param>
/// <param name="Result">Of the model; null where there is a problem.</param>
/// <param name="Cached">The result is that of an earlier request.</param>
internal sealed record ImageResult<TResult>(SentImage Image, TResult? Result, bool Cached = false) where TResult : class
{
    public ImageFailure? Problem { get; init; }
}

/// <summary>Decodes and scales images, at most one per core at once: each may need some hundred megabytes.</summary>
internal sealed class ImageDecoding : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));

    /// <exception cref="ImageException">The image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<RgbImage> PrepareAsync(Preprocessor preprocessor, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _cores.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => preprocessor.Prepare(bytes), cancellation);
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose() => _cores.Dispose();
}

/// <summary>Times the stages of a request. Its images report from several threads; the longest time of each stage counts.</summary>
/// <param name="task">"caption" or "classify".</param>
/// <param name="metrics">Told of every image.</param>
internal sealed class AnswerClock(string task, ServiceMetrics metrics)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _read, _wait, _model;

    public void Read(TimeSpan time)
    {
        metrics.Stage(task, "read", time);
        lock (_lock) _read = Longer(_read, time);
    }

    public void Model(TimeSpan wait, TimeSpan model)
    {
        metrics.Stage(task, "wait", wait);
        metrics.Stage(task, "model", model);
        lock (_lock) (_wait, _model) = (Longer(_wait, wait), Longer(_model, model));
    }

    /// <summary>Counts an image that got its answer.</summary>
    public void Answered(bool cached) => metrics.Images(task, cached ? "cached" : "answered");

    /// <summary>Counts an image that got no answer.</summary>
    public void Failed(Exception failure) => metrics.Images(task, failure switch
    {
        OperationCanceledException => "cancelled",
        ApiException { Status: 503 } => "refused",
        _ => "failed",
    });

    public AnswerTiming Timing()
    {
        lock (_lock)
            return new AnswerTiming(Milliseconds(_read), Milliseconds(_wait), Milliseconds(_model),
                Milliseconds(Stopwatch.GetElapsedTime(_begun)));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
