using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model that sorts pictures, and the questions that wait for it.</summary>
internal sealed class ClassModel : LoadedModel
{
    private readonly Classifier _classifier;
    private readonly BatchQueue<bool, RgbImage, Classification> _queue;

    public ClassModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics) : base(model)
    {
        _classifier = Classifier.Load(model.Path, precision, limits: new ImageLimits { MaxBytes = options.MaxRequestBytes, MaxPixels = options.MaxPixels });
        _queue = new((_, pictures) => _classifier.Classify(pictures), options) { Telemetry = (metrics, "classify") };
    }

    public override Preprocessor Preprocessor => _classifier.Preprocessor;

    public override (int Rows, int Columns) Grid => GridOf(Preprocessor.Preprocessing, _classifier.Encoder.Cells);

    public override int Waiting => _queue.Waiting;

    public IReadOnlyList<string> Classes => _classifier.Classes;

    public Task<Answered<Classification>> AskAsync(RgbImage picture, CancellationToken cancellation) => _queue.AskAsync(true, picture, cancellation);

    protected override async ValueTask FreeAsync()
    {
        await _queue.DisposeAsync();
        _classifier.Dispose();
    }
}
