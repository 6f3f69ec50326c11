using System.Diagnostics;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures of a request to classes: cache, decoding, queue, model.</summary>
internal sealed class ClassAsker(ModelHost models, PictureDecoding decoding, AnswerCache cache, ServiceMetrics metrics)
{
    private static readonly IReadOnlyList<string> Options = ["topK", "threshold", "model"];

    /// <exception cref="ApiException">The request is not as it must be, or its only picture cannot be read.</exception>
    public async Task<ClassAnswer> AskAsync(PictureRequest request, CancellationToken cancellation)
    {
        request.Values.RefuseOthers(Options);
        var (top, threshold) = (request.Values.Whole("topK") ?? 5, request.Values.Number("threshold") ?? 0);
        if (top < 1) throw ApiException.Invalid(FormattableString.Invariant($"topK is {top}; it must be at least 1."));
        if (threshold is not (>= 0 and <= 1)) throw ApiException.Invalid(FormattableString.Invariant($"threshold is {threshold}; it must be a probability from 0 to 1."));
        var clock = new AnswerClock("classify", metrics);
        await using var model = await models.ClassifierAsync(request.Values.Text("model"));
        var results = await Task.WhenAll(request.Pictures.Select(AnswerAsync));
        return new ClassAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<ClassifiedPicture> AnswerAsync(SentPicture picture)
        {
            try
            {
                var (answer, cached) = await ClassifyAsync(model, picture, clock, cancellation);
                return new ClassifiedPicture(picture.Name, answer.Answer(threshold), [.. answer.Ranked.Take(top)], Cached: cached);
            }
            catch (Exception failure) when (clock.Failed(failure) && failure is CaptionTLException && request.Pictures.Count > 1)
            {
                return new ClassifiedPicture(picture.Name, Problem: PictureProblems.Of((CaptionTLException)failure));
            }
        }
    }

    private async Task<(Classification Answer, bool Cached)> ClassifyAsync(ClassModel model, SentPicture picture, AnswerClock clock, CancellationToken cancellation)
    {
        var key = AnswerCache.Key(picture.Bytes, model.Model, null);
        if (cache.TryGet<Classification>(key, out var known))
        {
            metrics.Pictures("classify", "cached");
            return (known, true);
        }
        var begun = Stopwatch.GetTimestamp();
        var pixels = await decoding.PrepareAsync(model.Preprocessor, picture.Bytes, cancellation);
        clock.Read(Stopwatch.GetElapsedTime(begun));
        var answered = await model.AskAsync(pixels, cancellation);
        clock.Model(answered.Wait, answered.Model);
        cache.Keep(key, answered.Result);
        metrics.Pictures("classify", "answered");
        return (answered.Result, false);
    }
}
