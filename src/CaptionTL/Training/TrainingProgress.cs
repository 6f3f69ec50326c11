using System.Globalization;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>Where a training run is.</summary>
public sealed record TrainingProgress
{
    // The scores that one line has room for, as people write them.
    private static readonly (string Name, string Shown)[] ShownScores =
        [("bleu4", "BLEU-4"), ("ciderD", "CIDEr-D"), ("accuracy", "accuracy"), ("macroF1", "F1")];

    /// <summary>"train" or "evaluate".</summary>
    public required string Activity { get; init; }

    public required string Phase { get; init; }

    /// <summary>From 1; 0 is the evaluation before a phase's first step.</summary>
    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Steps of the phase done, or images scored.</summary>
    public required long Done { get; init; }

    public required long Total { get; init; }

    /// <summary>Mean of the loss over the last steps.</summary>
    public double? Loss { get; init; }

    /// <summary>Means of the other numbers that the steps report.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;

    /// <summary>Scores of the last evaluation.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>The best main score so far.</summary>
    public double? BestScore { get; init; }

    /// <summary>Speed of the phase's steps since this start of the run; null for the first few steps.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Null until some of the phase's steps and an evaluation were timed.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>Something the person at the keyboard should know now.</summary>
    public string? Warning { get; init; }

    /// <summary>The same as one line: loss, scores, the best so far, speed.</summary>
    internal RunProgress ToRunProgress()
    {
        var fields = new List<(string, string)>();
        if (Loss is { } loss) fields.Add(("loss", Number(loss)));
        foreach (var (name, mean) in Measures) fields.Add((name, Number(mean)));
        foreach (var (name, shown) in ShownScores)
            if (Scores?.Values.TryGetValue(name, out var score) == true) fields.Add((shown, Number(score)));
        if (BestScore is { } best) fields.Add(("best", Number(best)));
        if (Activity == "train" && ImagesPerSecond is { } speed)
            fields.Add(("images/s", speed.ToString(speed < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
        var phase = Activity == "train" ? FormattableString.Invariant($"{Phase}, epoch {Epoch} of {Epochs}")
            : Epoch == 0 ? $"dev images, before {Phase}" : FormattableString.Invariant($"dev images, epoch {Epoch}");
        return new RunProgress(phase, Done, Total, Activity == "train" ? "steps" : "images")
        {
            Fields = fields, Forecast = Forecast, Message = Warning,
        };
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}

/// <summary>Reports a phase's steps and evaluations, with their speed and the time left.</summary>
/// <param name="progress">Receives the reports; nobody does when null.</param>
/// <param name="plan">The run's plan.</param>
/// <param name="phase">One of its phases.</param>
/// <param name="total">Steps of the phase.</param>
/// <param name="clock">For the speed.</param>
internal sealed class PhaseProgress(IProgress<TrainingProgress>? progress, TransferPlan plan, TrainingPhase phase, long total,
    TimeProvider clock)
{
    // The first steps allocate memory and warm up, so that the speed of fewer says little.
    private const int Enough = 5;

    private long _since = clock.GetTimestamp();
    private double _stepping;
    private long _steps;
    private long _images;
    private double? _evaluating;

    /// <summary>A step was taken.</summary>
    /// <param name="state">After it.</param>
    /// <param name="images">Number in its batch.</param>
    public void Step(TrainingState state, int images)
    {
        _stepping += Lap();
        _steps++;
        _images += images;
        progress?.Report(Describe("train", state, state.Step, total, phase.Epochs - state.Epoch));
    }

    /// <summary>Some dev images were scored.</summary>
    /// <param name="state">Before the evaluation.</param>
    /// <param name="epoch">From 1; 0 before the phase's first step.</param>
    /// <param name="done">Images scored.</param>
    /// <param name="all">All dev images.</param>
    public void Scoring(TrainingState state, int epoch, long done, long all)
    {
        var left = all > 0 ? 1 - done / (double)all : 1;
        progress?.Report(Describe("evaluate", state, done, all, phase.Epochs - epoch + left) with { Epoch = epoch });
    }

    /// <summary>All dev images were scored.</summary>
    public void Scored(TrainingState state, int epoch, long all, string? warning)
    {
        _evaluating = Lap();
        progress?.Report(Describe("evaluate", state, all, all, phase.Epochs - epoch) with { Epoch = epoch, Warning = warning });
    }

    private TrainingProgress Describe(string activity, TrainingState state, long done, long count, double evaluations) => new()
    {
        Activity = activity,
        Phase = phase.Name,
        Epoch = Math.Min(state.Epoch + 1, phase.Epochs),
        Epochs = phase.Epochs,
        Done = done,
        Total = count,
        Loss = state.Loss,
        Measures = state.Measures,
        Scores = state.Scores,
        BestScore = state.BestScore,
        ImagesPerSecond = _steps >= Enough && _stepping > 0 ? _images / _stepping : null,
        Forecast = Forecast(state, evaluations),
    };

    private RunForecast? Forecast(TrainingState state, double evaluations)
    {
        if (_steps < Enough || _evaluating is not { } each) return null;
        var left = (total - state.Step) * _stepping / _steps + evaluations * each;
        return new RunForecast(TimeSpan.FromSeconds(left), [.. plan.Phases.Skip(state.Phase + 1).Select(p => p.Name)]);
    }

    // Seconds since the last call.
    private double Lap()
    {
        var now = clock.GetTimestamp();
        var lap = clock.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        return lap;
    }
}

/// <summary>Where long work is, for whoever shows it.</summary>
/// <param name="Phase">What is being done, such as "embed training images" or "main, epoch 3 of 8".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit">"images", "steps" or "bytes".</param>
public sealed record RunProgress(string Phase, long Done, long Total, string Unit)
{
    /// <summary>More to show, such as the loss and the last scores.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>Time left of a training; null as long as it is unknown.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>A line that should stay on the screen: a warning, a skipped image.</summary>
    public string? Message { get; init; }
}

/// <summary>How long a run still takes, judged by its own steps and evaluations.</summary>
/// <param name="PhaseLeft">Until the phase ends with all its epochs and their evaluations; it may end earlier.</param>
/// <param name="Later">Names of the phases after it, none of whose steps have been timed yet.</param>
public sealed record RunForecast(TimeSpan PhaseLeft, IReadOnlyList<string> Later);

/// <summary>
/// Reports at once, on the thread that calls; <see cref="Progress{T}"/> would report later, out of order, or after the view is closed.
/// </summary>
public sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
