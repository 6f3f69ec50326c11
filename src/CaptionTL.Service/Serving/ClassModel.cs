using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model that sorts pictures, and the pictures that wait for it.</summary>
internal sealed class ClassModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics) : QueuedModel<ClassQuestion, Classification>(model, options, metrics)
{
    private readonly Classifier _classifier = Classifier.Load(model.Path, precision, limits: options.PictureLimits);

    public override Preprocessor Preprocessor => _classifier.Preprocessor;

    protected override IReadOnlyList<Classification> Answer(ClassQuestion question, IReadOnlyList<RgbImage> pictures, CancellationToken cancellation) => _classifier.Classify(pictures);

    protected override void FreeNetwork() => _classifier.Dispose();
}
