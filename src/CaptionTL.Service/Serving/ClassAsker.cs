using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures of a request to classes.</summary>
internal sealed class ClassAsker(ModelHost models, PictureAsker pictures, ServiceMetrics metrics)
{
    private static readonly IReadOnlyList<string> Options = ["topK", "threshold", "model"];

    /// <exception cref="ApiException">The request is not as it must be, or its only picture cannot be read.</exception>
    public async Task<ClassAnswer> AskAsync(PictureRequest request, CancellationToken cancellation)
    {
        request.Values.RefuseOthers(Options);
        var (top, threshold) = (request.Values.Whole("topK") ?? 5, request.Values.Number("threshold") ?? 0);
        if (top < 1) throw ApiException.Invalid(FormattableString.Invariant($"topK is {top}; it must be at least 1."));
        if (threshold is not (>= 0 and <= 1))
            throw ApiException.Invalid(FormattableString.Invariant($"threshold is {threshold}; it must be a probability from 0 to 1."));
        var clock = new AnswerClock("classify", metrics);
        await using var model = await models.ClassifierAsync(request.Values.Text("model"));
        var results = await PictureAsker.EachAsync(request, clock, AnswerAsync, (picture, problem) =>
            new ClassifiedPicture(picture.Name, Problem: problem));
        return new ClassAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<ClassifiedPicture> AnswerAsync(SentPicture picture, int position)
        {
            var question = new ClassQuestion();
            var (result, cached) = await pictures.AskAsync(model, picture, question, question, clock, cancellation);
            return new ClassifiedPicture(picture.Name, result.Answer(threshold), [.. result.Ranked.Take(top)], Cached: cached);
        }
    }
}

/// <summary>Classes are asked for in one way only: the whole ranking, of which each asker takes its part.</summary>
internal readonly record struct ClassQuestion;

/// <summary>A model that sorts pictures, and the pictures that wait for it.</summary>
internal sealed class ClassModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics)
    : QueuedModel<ClassQuestion, Classification>(model, options, metrics)
{
    private readonly Classifier _classifier = Classifier.Load(model.Path, precision, limits: options.PictureLimits);

    public override Preprocessor Preprocessor => _classifier.Preprocessor;

    protected override IReadOnlyList<Classification> Answer(ClassQuestion question, IReadOnlyList<RgbImage> pictures,
        CancellationToken cancellation) => _classifier.Classify(pictures);

    protected override void FreeNetwork() => _classifier.Dispose();
}
