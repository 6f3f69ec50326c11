using CaptionTL.Backbones;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model that writes captions, and the questions that wait for it.</summary>
internal sealed class CaptionModel : LoadedModel
{
    private readonly Captioner _captioner;
    private readonly BatchQueue<CaptionQuestion, RgbImage, CaptionResult> _queue;

    public CaptionModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics) : base(model)
    {
        _captioner = Captioner.Load(model.Path, precision, limits: new ImageLimits { MaxBytes = options.MaxRequestBytes, MaxPixels = options.MaxPixels });
        _queue = new(Describe, options) { Telemetry = (metrics, "caption") };
    }

    public override Preprocessor Preprocessor => _captioner.Preprocessor;

    public override (int Rows, int Columns) Grid => GridOf(Preprocessor.Preprocessing, _captioner.Encoder.Cells);

    public override int Waiting => _queue.Waiting;

    /// <summary>How words are chosen unless the asker says otherwise.</summary>
    public DecodingOptions Decoding => _captioner.Manifest.Decoding!;

    public Task<Answered<CaptionResult>> AskAsync(CaptionQuestion question, RgbImage picture, CancellationToken cancellation) => _queue.AskAsync(question, picture, cancellation);

    protected override async ValueTask FreeAsync()
    {
        await _queue.DisposeAsync();
        _captioner.Dispose();
    }

    private IReadOnlyList<CaptionResult> Describe(CaptionQuestion question, IReadOnlyList<RgbImage> pictures) =>
        _captioner.Describe(pictures, question.Decoding, question.Attention, question.Leading is { } tell ? (_, sentence) => tell(sentence) : null);
}
