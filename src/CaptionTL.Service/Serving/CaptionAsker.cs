using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Images of a request to captions.</summary>
internal sealed class CaptionAsker(ModelHost models, ImageAsker images, ServiceMetrics metrics)
{
    private static readonly IReadOnlyList<string> Options = [.. DecodingOption.All.Select(o => o.Name), "attention", "model", "stream"];

    /// <param name="request">Images and options.</param>
    /// <param name="leading">Told after each word of an image (its position) the sentence that leads so far; null where nobody
    /// listens.</param>
    /// <param name="cancellation">Whoever asked is gone.</param>
    /// <exception cref="ApiException">The request is not as it must be, or its only image cannot be read.</exception>
    public async Task<CaptionAnswer> AskAsync(ImageRequest request, Action<int, string>? leading, CancellationToken cancellation)
    {
        request.Values.RefuseOthers(Options);
        var clock = new AnswerClock("caption", metrics);
        await using var model = await models.CaptionerAsync(request.Values.Text("model"));
        var decoding = model.Decoding.With(DecodingOption.All.ToDictionary(o => o.Name, o => request.Values.Text(o.Name)));
        var question = new CaptionQuestion(decoding, request.Values.Flag("attention"));
        var results = await ImageAsker.EachAsync(request, clock, AnswerAsync, (image, problem) =>
            new CaptionedImage(image.Name, Problem: problem));
        return new CaptionAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<CaptionedImage> AnswerAsync(SentImage image, int position)
        {
            var asked = leading is null ? question : question with { Leading = text => leading(position, text) };
            var (result, cached) = await images.AskAsync(model, image, asked, question, clock, cancellation);
            var best = result.Captions[0];
            return new CaptionedImage(image.Name, best.Text, best.Confidence, [.. result.Captions.Select(Written)], question.Attention
                ? GridOver(model, image) : null, Cached: cached);
        }
    }

    private static WrittenCaption Written(Caption caption) => new(
        caption.Text, [.. caption.Words.Select((word, i) => new WrittenWord(word, caption.WordProbabilities[i], caption.Attention?[i]))],
        caption.LogProbability, caption.Score, caption.Confidence);

    private static AttentionGrid GridOver(CaptionModel model, SentImage image)
    {
        var seen = model.Preprocessor.Seen(image.Bytes);
        var (width, height) = ((double)seen.ImageWidth, (double)seen.ImageHeight);
        return new AttentionGrid(model.Grid.Rows, model.Grid.Columns, seen.Left / width, seen.Top / height, seen.Width / width,
            seen.Height / height);
    }
}

/// <summary>How an image is to be captioned; images whose questions are equal go through the model together.</summary>
/// <param name="Decoding">How words are chosen.</param>
/// <param name="Attention">Keep where the network looked.</param>
/// <param name="Leading">Told the sentence that leads so far, after every word; such an image goes alone.</param>
internal sealed record CaptionQuestion(DecodingOptions Decoding, bool Attention, Action<string>? Leading = null);

/// <summary>A model that writes captions, and the images that wait for it.</summary>
internal sealed class CaptionModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics)
    : QueuedModel<CaptionQuestion, CaptionResult>(model, options, metrics)
{
    private readonly Captioner _captioner = Captioner.Load(model.Path, precision, limits: options.ImageLimits);

    public override Preprocessor Preprocessor => _captioner.Preprocessor;

    /// <summary>How words are chosen unless the asker says otherwise.</summary>
    public DecodingOptions Decoding => _captioner.Manifest.Decoding!;

    /// <summary>Rows and columns of the cells that attention goes over.</summary>
    public (int Rows, int Columns) Grid
    {
        get
        {
            var (cells, pixels) = (_captioner.Encoder.Cells, Preprocessor.Preprocessing);
            var rows = (int)Math.Round(Math.Sqrt(cells * (double)pixels.Height / pixels.Width));
            return rows > 0 && cells % rows == 0 ? (rows, cells / rows) : (1, cells);
        }
    }

    protected override IReadOnlyList<CaptionResult> Answer(CaptionQuestion question, IReadOnlyList<RgbImage> images,
        CancellationToken cancellation) =>
        _captioner.Describe(images, question.Decoding, question.Attention, question.Leading is { } tell ? (_, sentence) =>
            tell(sentence) : null, cancellation);

    protected override void FreeNetwork() => _captioner.Dispose();
}
