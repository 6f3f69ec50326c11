using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>Tells of a phase's steps and evaluations, with their pace and the time left.</summary>
/// <param name="progress">Who is told, if anyone.</param>
/// <param name="plan">Of the run.</param>
/// <param name="phase">One of its phases.</param>
/// <param name="total">Steps of the phase.</param>
/// <param name="clock">Time.</param>
internal sealed class PhaseProgress(IProgress<TrainingProgress>? progress, TransferPlan plan, TrainingPhase phase, long total, TimeProvider clock)
{
    private readonly PhaseClock _clock = new(clock);

    /// <summary>A step was taken.</summary>
    /// <param name="state">After it.</param>
    /// <param name="pictures">Of its batch.</param>
    public void Step(TrainingState state, int pictures)
    {
        _clock.StepDone(pictures);
        progress?.Report(Describe("train", state, state.Step, total, phase.Epochs - state.Epoch));
    }

    /// <summary>Some dev pictures were scored.</summary>
    /// <param name="state">Before the evaluation.</param>
    /// <param name="epoch">From 1; 0 before the phase's first step.</param>
    /// <param name="done">Pictures.</param>
    /// <param name="all">Pictures.</param>
    public void Scoring(TrainingState state, int epoch, long done, long all) =>
        progress?.Report(Describe("evaluate", state, done, all, phase.Epochs - epoch + (all > 0 ? 1 - done / (double)all : 1)) with { Epoch = epoch });

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
        PicturesPerSecond = _clock.PicturesPerSecond,
        Forecast = _clock.Time(total - state.Step, evaluations) is { } left ? new RunForecast(left, [.. plan.Phases.Skip(state.Phase + 1).Select(p => p.Name)]) : null,
    };
}
