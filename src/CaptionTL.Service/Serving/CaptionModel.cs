using CaptionTL.Backbones;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>A model that writes captions, and the pictures that wait for it.</summary>
internal sealed class CaptionModel(ServedModel model, Precision precision, ServingOptions options, ServiceMetrics metrics) : QueuedModel<CaptionQuestion, CaptionResult>(model, options, metrics)
{
    private readonly Captioner _captioner = Captioner.Load(model.Path, precision, limits: options.PictureLimits);

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

    protected override IReadOnlyList<CaptionResult> Answer(CaptionQuestion question, IReadOnlyList<RgbImage> pictures, CancellationToken cancellation) =>
        _captioner.Describe(pictures, question.Decoding, question.Attention, question.Leading is { } tell ? (_, sentence) => tell(sentence) : null, cancellation);

    protected override void FreeNetwork() => _captioner.Dispose();
}
