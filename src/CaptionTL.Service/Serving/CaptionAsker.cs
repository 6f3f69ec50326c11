using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures of a request to captions.</summary>
internal sealed class CaptionAsker(ModelHost models, PictureAsker pictures, ServiceMetrics metrics)
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
        var question = new CaptionQuestion(DecodingValues.Read(request.Values).Over(model.Decoding), request.Values.Flag("attention"));
        var results = await PictureAsker.EachAsync(request, clock, AnswerAsync, (picture, problem) => new CaptionedPicture(picture.Name, Problem: problem));
        return new CaptionAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<CaptionedPicture> AnswerAsync(SentPicture picture, int position)
        {
            var asked = leading is null ? question : question with { Leading = text => leading(position, text) };
            var (result, cached) = await pictures.AskAsync(model, picture, asked, question, clock, cancellation);
            var best = result.Captions[0];
            return new CaptionedPicture(picture.Name, best.Text, best.Confidence, [.. result.Captions.Select(Written)], question.Attention ? GridOver(model, picture) : null, Cached: cached);
        }
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
