using CaptionTL.IO;
using CaptionTL.Training.Plans;

namespace CaptionTL.Tests.Training.Plans;

public class LearningRatesTests
{
    [Fact]
    public void At_OneCycle_IsPyTorchs()
    {
        using var golden = Goldens.Json("training.json");
        var expected = golden.RootElement.GetProperty("schedulers").GetProperty("OneCycleLR(max_lr=0.1,total_steps=41,pct_start=0.1)")
            .EnumerateArray().Select(e => e.GetDouble()).ToList();
        var phase = new TrainingPhase { LearningRate = 0.1, WarmUp = 0.1, Schedule = LearningRateSchedule.OneCycle };
        for (var step = 0; step < expected.Count; step++) LearningRates.At(phase, step, 41).ShouldBe(expected[step], 1e-9, $"step {step}");
    }

    [Theory]
    [InlineData(LearningRateSchedule.Cosine, 0)]
    [InlineData(LearningRateSchedule.Constant, 1)]
    public void At_WarmUp_RisesStraightToTheRate(LearningRateSchedule schedule, double end)
    {
        var phase = new TrainingPhase { LearningRate = 1, WarmUp = 0.1, Schedule = schedule };
        Enumerable.Range(0, 10).Select(s => LearningRates.At(phase, s, 100)).ShouldBe(Enumerable.Range(1, 10).Select(s => s / 10.0), 1e-9);
        LearningRates.At(phase, 99, 100).ShouldBe(end, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void At_FewSteps_IsFiniteAndWithinTheRate(int total)
    {
        foreach (var schedule in Enum.GetValues<LearningRateSchedule>())
            for (var step = 0; step < total; step++)
                LearningRates.At(new TrainingPhase { LearningRate = 0.5, Schedule = schedule }, step, total).ShouldBeInRange(0, 0.5);
    }
}
