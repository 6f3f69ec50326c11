using System.Globalization;

namespace CaptionTL.Training;

/// <summary>The trainer's progress for whoever shows a run: loss, scores, the best so far, pace and time left.</summary>
internal sealed class TrainingProgressText(IProgress<RunProgress> progress) : IProgress<TrainingProgress>
{
    // Scores worth a place in one line, as people write them.
    private static readonly (string Name, string Shown)[] Known = [("bleu4", "BLEU-4"), ("ciderD", "CIDEr-D"), ("accuracy", "accuracy"), ("macroF1", "F1")];

    public void Report(TrainingProgress value)
    {
        var fields = new List<(string, string)>();
        if (value.Loss is { } loss) fields.Add(("loss", Number(loss)));
        foreach (var (name, mean) in value.Measures) fields.Add((name, Number(mean)));
        foreach (var (name, shown) in Known)
            if (value.Scores?.Values.TryGetValue(name, out var score) == true) fields.Add((shown, Number(score)));
        if (value.BestScore is { } best) fields.Add(("best", Number(best)));
        if (value is { Activity: "train", PicturesPerSecond: { } pace }) fields.Add(("pictures/s", pace.ToString(pace < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
        var (phase, unit) = value.Activity == "train"
            ? (FormattableString.Invariant($"{value.Phase}, epoch {value.Epoch} of {value.Epochs}"), "steps")
            : (value.Epoch == 0 ? $"dev pictures, before {value.Phase}" : FormattableString.Invariant($"dev pictures, epoch {value.Epoch}"), "pictures");
        progress.Report(new RunProgress(phase, value.Done, value.Total, unit) { Fields = fields, Forecast = value.Forecast, Message = value.Warning });
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
