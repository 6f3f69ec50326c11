using System.Diagnostics;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures of a request to a model's results, all at once: cache, decoding, queue, model.</summary>
internal sealed class PictureAsker(PictureDecoding decoding, AnswerCache cache)
{
    /// <summary>An answer a picture, in order. Of several pictures, one that cannot be answered has its problem in its place.</summary>
    /// <param name="request">Pictures.</param>
    /// <param name="clock">Hears of every picture.</param>
    /// <param name="answer">Of a picture and its position.</param>
    /// <param name="problem">Instead of an answer.</param>
    /// <exception cref="CaptionTLException">The only picture cannot be answered.</exception>
    /// <exception cref="Api.ApiException">It could not be fetched, or too many pictures wait already.</exception>
    public static Task<TAnswer[]> EachAsync<TAnswer>(PictureRequest request, AnswerClock clock,
        Func<SentPicture, int, Task<TAnswer>> answer, Func<SentPicture, PictureProblem, TAnswer> problem)
    {
        return Task.WhenAll(request.Pictures.Select(OneAsync));

        async Task<TAnswer> OneAsync(SentPicture picture, int position)
        {
            try
            {
                return picture.Failure is { } notFetched ? throw notFetched : await answer(picture, position);
            }
            catch (Exception failure) when (clock.Failed(failure) && (failure is CaptionTLException || failure == picture.Failure)
                && request.Pictures.Count > 1)
            {
                return problem(picture, PictureProblems.Of(failure));
            }
        }
    }

    /// <param name="model">In use by the asker.</param>
    /// <param name="picture">Bytes of a file.</param>
    /// <param name="question">For the model.</param>
    /// <param name="sameAs">Questions with an equal one of these have the same result.</param>
    /// <param name="clock">Hears where the time goes.</param>
    /// <param name="cancellation">Whoever asked is gone.</param>
    public async Task<(TResult Result, bool Cached)> AskAsync<TQuestion, TResult>(
        QueuedModel<TQuestion, TResult> model, SentPicture picture, TQuestion question, TQuestion sameAs, AnswerClock clock,
            CancellationToken cancellation)
        where TQuestion : notnull where TResult : class
    {
        var key = AnswerCache.Key(picture.Bytes, model.Model, sameAs);
        if (cache.TryGet<TResult>(key, out var known))
        {
            clock.Answered(cached: true);
            return (known, true);
        }
        var begun = Stopwatch.GetTimestamp();
        var pixels = await decoding.PrepareAsync(model.Preprocessor, picture.Bytes, cancellation);
        clock.Read(Stopwatch.GetElapsedTime(begun));
        var answered = await model.AskAsync(question, pixels, cancellation);
        clock.Model(answered.Wait, answered.Model);
        cache.Keep(key, answered.Result);
        clock.Answered(cached: false);
        return (answered.Result, false);
    }
}

/// <summary>Decodes and scales pictures, as many at once as there are cores: each may need some hundred megabytes.</summary>
internal sealed class PictureDecoding : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));

    /// <exception cref="ImageException">The picture cannot be read.</exception>
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

/// <summary>Why one picture of several has no answer, in the words that a request with that picture alone would get.</summary>
internal static class PictureProblems
{
    public static PictureProblem Of(Exception wrong)
    {
        var problem = ApiProblems.Translate(wrong);
        return new PictureProblem(problem.Code, problem.Message, problem.Hint);
    }
}

/// <summary>A picture as it was sent.</summary>
/// <param name="Name">For the answer only; never a path.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Failure">Why it could not be fetched from its address; null where it could, or came with the request.</param>
internal sealed record SentPicture(string? Name, ReadOnlyMemory<byte> Bytes, ApiException? Failure = null);
