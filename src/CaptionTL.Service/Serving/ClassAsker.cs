using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Images of a request to classes.</summary>
internal sealed class ClassAsker(ModelHost models, ImageAsker images, ServiceMetrics metrics)
{
    private static readonly IReadOnlyList<string> Options = ["topK", "threshold", "model"];

    /// <exception cref="ApiException">The request is not as it must be, or its only image cannot be read.</exception>
    public async Task<ClassAnswer> AskAsync(ImageRequest request, CancellationToken cancellation)
    {
        request.Values.RefuseOthers(Options);
        var (top, threshold) = (request.Values.Whole("topK") ?? 5, request.Values.Number("threshold") ?? 0);
        if (top < 1) throw ApiException.Invalid(FormattableString.Invariant($"topK is {top}; it must be at least 1."));
        if (threshold is not (>= 0 and <= 1))
            throw ApiException.Invalid(FormattableString.Invariant($"threshold is {threshold}; it must be a probability from 0 to 1."));
        var clock = new AnswerClock("classify", metrics);
        await using var model = await models.ClassifierAsync(request.Values.Text("model"));
        var results = await ImageAsker.EachAsync(request, clock, AnswerAsync, (image, problem) =>
            new ClassifiedImage(image.Name, Problem: problem));
        return new ClassAnswer(new ModelUsed(model.Model.Name, model.Model.Version), results, clock.Timing());

        async Task<ClassifiedImage> AnswerAsync(SentImage image, int position)
        {
            var question = new ClassQuestion();
            var (result, cached) = await images.AskAsync(model, image, question, question, clock, cancellation);
            return new ClassifiedImage(image.Name, result.Answer(threshold), [.. result.Ranked.Take(top)], Cached: cached);
        }
    }
}

/// <summary>Classes are asked for in one way only: the whole ranking, of which each asker takes its part.</summary>
internal readonly record struct ClassQuestion;

/// <summary>A model that sorts images, and the images that wait for it.</summary>
internal sealed class ClassModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics)
    : QueuedModel<ClassQuestion, Classification>(model, options, metrics)
{
    private readonly Classifier _classifier = Classifier.Load(model.Path, precision, limits: options.ImageLimits);

    public override Preprocessor Preprocessor => _classifier.Preprocessor;

    protected override IReadOnlyList<Classification> Answer(ClassQuestion question, IReadOnlyList<RgbImage> images,
        CancellationToken cancellation) => _classifier.Classify(images);

    protected override void FreeNetwork() => _classifier.Dispose();
}
