using System.Globalization;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>Where a training run is.</summary>
public sealed record TrainingProgress
{
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

    /// <summary>Means of what else the learner tells of its steps.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;

    public double? LearningRate { get; init; }

    /// <summary>Of the last evaluation.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>The best main score so far.</summary>
    public double? BestScore { get; init; }

    /// <summary>Of the phase's steps since the run was begun or taken up again; null until there were a few.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Null until some of the phase's steps and an evaluation were timed.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>Something the person at the keyboard should know now.</summary>
    public string? Warning { get; init; }
}

/// <summary>The trainer's progress for whoever shows a run: loss, scores, the best so far, pace and time left.</summary>
internal sealed class TrainingProgressText(IProgress<RunProgress> progress) : IProgress<TrainingProgress>
{
    // Scores worth a place in one line, as people write them.
    private static readonly (string Name, string Shown)[] Known = [("bleu4", "BLEU-4"), ("ciderD", "CIDEr-D"), ("accuracy", "accuracy"),
        ("macroF1", "F1")];

    public void Report(TrainingProgress value)
    {
        var fields = new List<(string, string)>();
        if (value.Loss is { } loss) fields.Add(("loss", Number(loss)));
        foreach (var (name, mean) in value.Measures) fields.Add((name, Number(mean)));
        foreach (var (name, shown) in Known)
            if (value.Scores?.Values.TryGetValue(name, out var score) == true) fields.Add((shown, Number(score)));
        if (value.BestScore is { } best) fields.Add(("best", Number(best)));
        if (value is { Activity: "train", ImagesPerSecond: { } pace })
            fields.Add(("images/s", pace.ToString(pace < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
        var (phase, unit) = value.Activity == "train"
            ? (FormattableString.Invariant($"{value.Phase}, epoch {value.Epoch} of {value.Epochs}"), "steps")
            : (value.Epoch == 0 ? $"dev images, before {value.Phase}"
            : FormattableString.Invariant($"dev images, epoch {value.Epoch}"), "images");
        progress.Report(new RunProgress(phase, value.Done, value.Total, unit) { Fields = fields, Forecast = value.Forecast,
            Message = value.Warning });
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}

/// <summary>Times the steps and evaluations of a phase.</summary>
internal sealed class PhaseClock(TimeProvider clock)
{
    // The first ones make room and warm up.
    private const int Enough = 5;

    private long _since = clock.GetTimestamp();
    private double _stepping;
    private long _steps;
    private long _images;
    private double? _evaluating;

    /// <summary>Of the steps; null until there were a few.</summary>
    public double? ImagesPerSecond => _steps >= Enough && _stepping > 0 ? _images / _stepping : null;

    /// <param name="images">Of the batch.</param>
    public void StepDone(int images)
    {
        _stepping += Lap();
        _steps++;
        _images += images;
    }

    public void EvaluationDone() => _evaluating = Lap();

    /// <summary>How long so much work takes; null until some of each kind was done.</summary>
    public TimeSpan? Time(long steps, double evaluations) =>
        _steps >= Enough && _evaluating is { } each ? TimeSpan.FromSeconds(steps * _stepping / _steps + evaluations * each) : null;

    private double Lap()
    {
        var now = clock.GetTimestamp();
        var lap = clock.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        return lap;
    }
}

/// <summary>Tells of a phase's steps and evaluations, with their pace and the time left.</summary>
/// <param name="progress">Who is told, if anyone.</param>
/// <param name="plan">Of the run.</param>
/// <param name="phase">One of its phases.</param>
/// <param name="total">Steps of the phase.</param>
/// <param name="clock">Time.</param>
internal sealed class PhaseProgress(IProgress<TrainingProgress>? progress, TransferPlan plan, TrainingPhase phase, long total,
    TimeProvider clock)
{
    private readonly PhaseClock _clock = new(clock);

    /// <summary>A step was taken.</summary>
    /// <param name="state">After it.</param>
    /// <param name="images">Of its batch.</param>
    public void Step(TrainingState state, int images)
    {
        _clock.StepDone(images);
        progress?.Report(Describe("train", state, state.Step, total, phase.Epochs - state.Epoch));
    }

    /// <summary>Some dev images were scored.</summary>
    /// <param name="state">Before the evaluation.</param>
    /// <param name="epoch">From 1; 0 before the phase's first step.</param>
    /// <param name="done">Images.</param>
    /// <param name="all">Images.</param>
    public void Scoring(TrainingState state, int epoch, long done, long all) =>
        progress?.Report(Describe("evaluate", state, done, all, phase.Epochs - epoch
            + (all > 0 ? 1 - done / (double)all : 1)) with { Epoch = epoch });

    /// <summary>All of them were.</summary>
    public void Scored(TrainingState state, int epoch, long all, string? warning)
    {
        _clock.EvaluationDone();
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
        ImagesPerSecond = _clock.ImagesPerSecond,
        Forecast = _clock.Time(total - state.Step, evaluations) is { } left
            ? new RunForecast(left, [.. plan.Phases.Skip(state.Phase + 1).Select(p => p.Name)]) : null,
    };
}

/// <summary>Where long work is, for whoever shows it.</summary>
/// <param name="Phase">What is being done: "embed train", "main, epoch 3 of 8".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit">"images", "steps", "bytes".</param>
public sealed record RunProgress(string Phase, long Done, long Total, string Unit)
{
    /// <summary>What else there is to say: loss, last scores.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>Of a training, once it can be told.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>A line that should stay: a warning, a skipped image.</summary>
    public string? Message { get; init; }
}

/// <summary>
/// Reports at once, on the thread that calls; <see cref="Progress{T}"/> would report later, out of order, or after the view is closed.
/// </summary>
public sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

/// <summary>How long a run still takes, as far as its own steps and evaluations tell.</summary>
/// <param name="PhaseLeft">Until the phase ends with all its epochs, evaluations included; sooner where it stops early.</param>
/// <param name="Later">Names of the phases after it, whose steps were not timed yet.</param>
public sealed record RunForecast(TimeSpan PhaseLeft, IReadOnlyList<string> Later);
