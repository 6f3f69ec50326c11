using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public sealed class RaceResultTests
{
    [Fact]
    public void Recommended_DifferenceWithinDoubt_TakesTheQuicker() =>
        // 0.95 on 150 images is known to 0.018.
        new RaceResult([Entry("quick", 0.94, 3), Entry("slow", 0.95, 300)], 150).Recommended!.Plan.ShouldBe("quick");

    [Fact]
    public void Recommended_AllQuick_TakesTheBest() =>
        new RaceResult([Entry("quick", 0.94, 1), Entry("best", 0.95, 3)], 150).Recommended!.Plan.ShouldBe("best");

    [Fact]
    public void Recommended_ClearDifference_TakesTheBetter() =>
        new RaceResult([Entry("quick", 0.80, 3), Entry("slow", 0.95, 300)], 150).Recommended!.Plan.ShouldBe("slow");

    [Fact]
    public void Recommended_ManyImages_TellSmallDifferences() =>
        new RaceResult([Entry("quick", 0.94, 3), Entry("slow", 0.95, 300)], 15_000).Recommended!.Plan.ShouldBe("slow");

    [Fact]
    public void Recommended_NothingFinishedOnAllImages_IsNull()
    {
        var cut = new RaceEntry("cut", 1, RaceOutcome.CutOff, null, TimeSpan.Zero, 0, null);
        new RaceResult([cut, Entry("half", 0.9, 3) with { TrainShare = 0.5 }], 150).Recommended.ShouldBeNull();
    }

    private static RaceEntry Entry(string plan, double accuracy, double seconds) =>
        new(plan, 1, RaceOutcome.Finished, new RunScores("accuracy", new Dictionary<string, double> { ["accuracy"] = accuracy }),
            TimeSpan.FromSeconds(seconds), 1, plan);
}
