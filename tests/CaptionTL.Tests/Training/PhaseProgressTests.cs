using CaptionTL.Training;
using CaptionTL.Training.Plans;
using Microsoft.Extensions.Time.Testing;

namespace CaptionTL.Tests.Training;

public sealed class PhaseProgressTests
{
    private static readonly TransferPlan Plan = new()
    {
        Head = new DenseHeadPlan(),
        Phases = [new TrainingPhase { Name = "warm-up", Epochs = 3 }, new TrainingPhase { Name = "fine-tune", Epochs = 2 }],
    };

    private readonly FakeTimeProvider _clock = new();
    private readonly List<TrainingProgress> _told = [];

    [Fact]
    public void Step_BeforeAnEvaluationWasTimed_TellsThePaceAndNoTimeLeft()
    {
        var progress = Of(Plan.Phases[0], total: 30);
        for (var step = 1; step <= 10; step++) Step(progress, new TrainingState { Step = step }, seconds: 2);
        _told[3].ImagesPerSecond.ShouldBeNull();
        _told[9].ImagesPerSecond!.Value.ShouldBe(16, 1e-9);
        _told[9].Forecast.ShouldBeNull();
    }

    [Fact]
    public void Step_AfterAnEvaluation_CountsTheStepsAndEvaluationsThatAreLeft()
    {
        var progress = Of(Plan.Phases[0], total: 30);
        for (var step = 1; step <= 10; step++) Step(progress, new TrainingState { Step = step }, seconds: 2);
        _clock.Advance(TimeSpan.FromSeconds(5));
        progress.Scored(new TrainingState { Step = 10 }, epoch: 1, all: 8, warning: null);
        _told[^1].Forecast!.PhaseLeft.ShouldBe(TimeSpan.FromSeconds(20 * 2 + 2 * 5));
        Step(progress, new TrainingState { Step = 11, Epoch = 1 }, seconds: 2);
        _told[^1].Forecast!.PhaseLeft.ShouldBe(TimeSpan.FromSeconds(19 * 2 + 2 * 5));
        _told[^1].Forecast!.Later.ShouldBe(["fine-tune"]);
    }

    [Fact]
    public void Scoring_HalfOfTheImages_CountsHalfAnEvaluation()
    {
        var progress = Of(Plan.Phases[1], total: 20);
        _clock.Advance(TimeSpan.FromSeconds(4));
        progress.Scored(new TrainingState { Phase = 1 }, epoch: 0, all: 8, warning: null);
        for (var step = 1; step <= 10; step++) Step(progress, new TrainingState { Phase = 1, Step = step }, seconds: 1);
        progress.Scoring(new TrainingState { Phase = 1, Step = 10 }, epoch: 1, done: 4, all: 8);
        _told[^1].Forecast!.PhaseLeft.ShouldBe(TimeSpan.FromSeconds(10 * 1 + 1.5 * 4));
        _told[^1].Forecast!.Later.ShouldBeEmpty();
    }

    private PhaseProgress Of(TrainingPhase phase, long total) =>
        new(new ImmediateProgress<TrainingProgress>(_told.Add), Plan, phase, total, _clock);

    private void Step(PhaseProgress progress, TrainingState state, double seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        progress.Step(state, images: 32);
    }
}
