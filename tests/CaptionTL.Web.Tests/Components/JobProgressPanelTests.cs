using Bunit;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Pages.Jobs;

namespace CaptionTL.Web.Tests.Components;

public sealed class JobProgressPanelTests : BunitContext
{
    private static readonly JobProgress Training = new("main, epoch 3 of 6", 421, 1200, "steps")
    {
        Rate = 1.26,
        SecondsLeft = 618,
        PlanPhaseSecondsLeft = 640,
        LaterPhases = ["self-critical"],
        Fields = [new("loss", "3.903"), new("images/s", "151")],
    };

    [Fact]
    public void Panel_OfARunningTraining_TellsWhatIsLeftOfItsPhaseAndWhatFollows() =>
        Text(JobState.Running, Training).ShouldBe(
            "main, epoch 3 of 6 421 of 1,200 steps steps per second 1.3 left in training 11 min, then self-critical "
            + "loss 3.903 images/s 151");

    [Fact]
    public void Panel_OfOtherWork_TellsWhatIsLeftOfThisPart() =>
        Text(JobState.Running, new JobProgress("embed train", 50, 200, "images") { Rate = 25, SecondsLeft = 6 })
            .ShouldBe("embed train 50 of 200 images images per second 25 left in this part 6 s");

    [Fact]
    public void Panel_OfAJobThatHasEnded_TellsOfNoTimeLeft() =>
        Text(JobState.Cancelled, Training).ShouldNotContain("left in");

    [Theory]
    [InlineData(JobState.Queued, "Waiting for its turn.")]
    [InlineData(JobState.Running, "No progress to show yet.")]
    public void Panel_WithoutProgress_SaysWhy(JobState state, string text) => Text(state, null).ShouldBe(text);

    private string Text(JobState state, JobProgress? progress)
    {
        var job = new Job(
            1, JobKind.Train, state, "insects@1", "insects", "caption+scst", null,
                new JobRequest { Kind = JobKind.Train, Data = "insects" }, 0, null,
            DateTimeOffset.UnixEpoch, null, null, 1, 0, null, progress, null, null);
        return Render<JobProgressPanel>(p => p.Add(c => c.Job, job)).Text();
    }
}
