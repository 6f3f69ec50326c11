using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A model that answers batches of pictures, whichever its task.</summary>
internal sealed class PictureModel : IDisposable
{
    private readonly IDisposable _model;

    private PictureModel(string task, IDisposable model, Preprocessor preprocessor, Func<IReadOnlyList<RgbImage>, IReadOnlyList<PictureAnswer>> answer) =>
        (Task, _model, Preprocessor, Answer) = (task, model, preprocessor, answer);

    /// <summary>"caption" or "classify".</summary>
    public string Task { get; }

    public Preprocessor Preprocessor { get; }

    /// <summary>One answer a picture, in their order, without ids.</summary>
    public Func<IReadOnlyList<RgbImage>, IReadOnlyList<PictureAnswer>> Answer { get; }

    public static PictureModel Load(JobOrder order)
    {
        using var bundle = ModelBundle.Open(order.Bundle!);
        return bundle.Manifest.Task == "classify" ? Sorter(order) : Writer(order);
    }

    public void Dispose() => _model.Dispose();

    private static PictureModel Writer(JobOrder order)
    {
        var captioner = Captioner.Load(order.Bundle!, order.Precision);
        var usual = captioner.Manifest.Decoding!;
        var best = order.Best ?? 1;
        var options = (usual with { NBest = best, Beam = order.Beam ?? Math.Max(usual.Beam, best) }).Validated();
        return new PictureModel("caption", captioner, captioner.Preprocessor, pictures =>
        [
            .. captioner.Describe(pictures, options).Select(r => new PictureAnswer("")
            {
                Caption = r.Text,
                Confidence = Math.Round(r.Captions[0].Confidence, 4),
                Captions = best > 1 ? [.. r.Captions.Select(c => new AnsweredCaption(c.Text, Math.Round(c.Confidence, 4)))] : null,
            }),
        ]);
    }

    private static PictureModel Sorter(JobOrder order)
    {
        var classifier = Classifier.Load(order.Bundle!, order.Precision);
        return new PictureModel("classify", classifier, classifier.Preprocessor, pictures =>
            [.. classifier.Classify(pictures).Select(c => new PictureAnswer("") { Class = c.Best.Name, Classes = [.. c.Ranked.Take(order.Best ?? 1)] })]);
    }
}
