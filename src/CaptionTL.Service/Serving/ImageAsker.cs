using System.Diagnostics;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Serving;

/// <summary>Images of a request to a model's results, all at once: cache, decoding, queue, model.</summary>
internal sealed class ImageAsker(ImageDecoding decoding, AnswerCache cache)
{
    /// <summary>An answer an image, in order. Of several images, one that cannot be answered has its problem in its place.</summary>
    /// <param name="request">Images.</param>
    /// <param name="clock">Hears of every image.</param>
    /// <param name="answer">Of an image and its position.</param>
    /// <param name="problem">Instead of an answer.</param>
    /// <exception cref="CaptionTLException">The only image cannot be answered.</exception>
    /// <exception cref="Api.ApiException">It could not be fetched, or too many images wait already.</exception>
    public static Task<TAnswer[]> EachAsync<TAnswer>(ImageRequest request, AnswerClock clock,
        Func<SentImage, int, Task<TAnswer>> answer, Func<SentImage, ImageFailure, TAnswer> problem)
    {
        return Task.WhenAll(request.Images.Select(OneAsync));

        async Task<TAnswer> OneAsync(SentImage image, int position)
        {
            try
            {
                return image.Failure is { } notFetched ? throw notFetched : await answer(image, position);
            }
            catch (Exception failure) when (clock.Failed(failure) && (failure is CaptionTLException || failure == image.Failure)
                && request.Images.Count > 1)
            {
                return problem(image, ImageProblems.Of(failure));
            }
        }
    }

    /// <param name="model">In use by the asker.</param>
    /// <param name="image">Bytes of a file.</param>
    /// <param name="question">For the model.</param>
    /// <param name="sameAs">Questions with an equal one of these have the same result.</param>
    /// <param name="clock">Hears where the time goes.</param>
    /// <param name="cancellation">Whoever asked is gone.</param>
    public async Task<(TResult Result, bool Cached)> AskAsync<TQuestion, TResult>(
        QueuedModel<TQuestion, TResult> model, SentImage image, TQuestion question, TQuestion sameAs, AnswerClock clock,
            CancellationToken cancellation)
        where TQuestion : notnull where TResult : class
    {
        var key = AnswerCache.Key(image.Bytes, model.Model, sameAs);
        if (cache.TryGet<TResult>(key, out var known))
        {
            clock.Answered(cached: true);
            return (known, true);
        }
        var begun = Stopwatch.GetTimestamp();
        var pixels = await decoding.PrepareAsync(model.Preprocessor, image.Bytes, cancellation);
        clock.Read(Stopwatch.GetElapsedTime(begun));
        var answered = await model.AskAsync(question, pixels, cancellation);
        clock.Model(answered.Wait, answered.Model);
        cache.Keep(key, answered.Result);
        clock.Answered(cached: false);
        return (answered.Result, false);
    }
}

/// <summary>Decodes and scales images, as many at once as there are cores: each may need some hundred megabytes.</summary>
internal sealed class ImageDecoding : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));

    /// <exception cref="ImageException">The image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked is gone.</exception>
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

/// <summary>Why one image of several has no answer, in the words that a request with that image alone would get.</summary>
internal static class ImageProblems
{
    public static ImageFailure Of(Exception wrong)
    {
        var problem = ApiProblems.Translate(wrong);
        return new ImageFailure(problem.Code, problem.Message, problem.Hint);
    }
}

/// <summary>An image as it was sent.</summary>
/// <param name="Name">For the answer only; never a path.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Failure">Why it could not be fetched from its address; null where it could, or came with the request.</param>
internal sealed record SentImage(string? Name, ReadOnlyMemory<byte> Bytes, ApiException? Failure = null);
