using System.Diagnostics;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures of a request to captions: cache, decoding, queue, model.</summary>
internal sealed class CaptionAsker(ModelHost models, PictureDecoding decoding, AnswerCache cache, ServiceMetrics metrics)
{
    private static readonly IReadOnlyList<string> Options = [.. DecodingValues.Names, "attention", "model", "stream"];

    /// <param name="request">Pictures and options.</param>
    /// <param name="leading">Told after each word of a picture (its position) the sentence that leads so far; null where nobody listens.</param>
    /// <param name="cancellation">Whoever asked is gone.</param>
    /// <exception cref="ApiException">The request is not as it must be, or its only picture cannot be read.</exception>
    public async Task<CaptionAnswer> AskAsync(PictureRequest request, Action<int, string>? leading, CancellationToken cancellation)
    {
        request.Values.RefuseOthers(Options);
        var clock = new AnswerClock("caption", metrics);
        await using var model = await models.CaptionerAsync(request.Values.Text("model"));
        var words = DecodingValues.Resolve(request.Values, model.Decoding);
        var attention = request.Values.Flag("attention");
        var results = await Task.WhenAll(request.Pictures.Select((picture, i) => AnswerAsync(model, picture, new CaptionQuestion(words, attention, leading is null ? null : text => leading(i, text)))));
        return new CaptionAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<CaptionedPicture> AnswerAsync(CaptionModel model, SentPicture picture, CaptionQuestion question)
        {
            try
            {
                return await CaptionAsync(model, picture, question, clock, cancellation);
            }
            catch (Exception failure) when (clock.Failed(failure) && failure is CaptionTLException && request.Pictures.Count > 1)
            {
                return new CaptionedPicture(picture.Name, Problem: PictureProblems.Of((CaptionTLException)failure));
            }
        }
    }

    private async Task<CaptionedPicture> CaptionAsync(CaptionModel model, SentPicture picture, CaptionQuestion question, AnswerClock clock, CancellationToken cancellation)
    {
        var key = AnswerCache.Key(picture.Bytes, model.Model, question with { Leading = null });
        if (cache.TryGet<CaptionedPicture>(key, out var known))
        {
            metrics.Pictures("caption", "cached");
            return known with { Name = picture.Name, Cached = true };
        }
        var begun = Stopwatch.GetTimestamp();
        var pixels = await decoding.PrepareAsync(model.Preprocessor, picture.Bytes, cancellation);
        clock.Read(Stopwatch.GetElapsedTime(begun));
        var answered = await model.AskAsync(question, pixels, cancellation);
        clock.Model(answered.Wait, answered.Model);
        var best = answered.Result.Captions[0];
        var result = new CaptionedPicture(picture.Name, best.Text, best.Confidence, [.. answered.Result.Captions.Select(Written)], question.Attention ? GridOver(model, picture) : null);
        cache.Keep(key, result);
        metrics.Pictures("caption", "answered");
        return result;
    }

    private static WrittenCaption Written(Caption caption) => new(
        caption.Text, [.. caption.Words.Select((word, i) => new WrittenWord(word, caption.WordProbabilities[i], caption.Attention?[i]))],
        caption.LogProbability, caption.Score, caption.Confidence);

    private static AttentionGrid GridOver(CaptionModel model, SentPicture picture)
    {
        var seen = model.Preprocessor.Seen(picture.Bytes);
        var (width, height) = ((double)seen.PictureWidth, (double)seen.PictureHeight);
        return new AttentionGrid(model.Grid.Rows, model.Grid.Columns, seen.Left / width, seen.Top / height, seen.Width / width, seen.Height / height);
    }
}
