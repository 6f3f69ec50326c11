using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Tests.Components;

public sealed class SharedComponentTests
{
    private static readonly ClassProbability[] Classes = [.. Enumerable.Range(0, 7).Select(i => new ClassProbability($"class {i}", i == 0 ? 0.88 : 0.02))];

    [Fact]
    public async Task ProbabilityBars_OfManyClasses_ShowsTheFirstOnesAndMarksThoseAboveTheThreshold()
    {
        var html = await Rendered.HtmlAsync<ProbabilityBars>(("Classes", Classes), ("Threshold", 0.5));
        html.Split("<li").Length.ShouldBe(1 + 5);
        html.Split("class=\"sure\"").Length.ShouldBe(1 + 1);
        html.ShouldContain("88.0 %");
        html.ShouldContain("--part:0.88;--threshold:0.5");
    }

    [Fact]
    public async Task ScoreList_WithAMainScore_ShowsItFirstUnderItsUsualName() =>
        (await Rendered.TextAsync<ScoreList>(("Scores", new Dictionary<string, double> { ["bleu4"] = 0.226, ["ciderD"] = 0.5564 }), ("MainScore", "ciderD")))
            .ShouldBe("CIDEr-D 0.556 BLEU-4 0.226");

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "This page holds 12 pictures; the oldest one was taken off it to make room.")]
    [InlineData(3, "This page holds 12 pictures; the 3 oldest were taken off it to make room.")]
    public async Task MadeRoom_SaysHowManyPicturesAreGone(int gone, string text) =>
        (await Rendered.TextAsync<MadeRoom>(("Most", 12), ("Gone", gone))).ShouldBe(text);

    [Theory]
    [InlineData(NoticeKind.Error, "alert")]
    [InlineData(NoticeKind.Warning, "status")]
    public async Task Notice_OfAnError_InterruptsAScreenReaderAndOthersDoNot(NoticeKind kind, string role) =>
        (await Rendered.HtmlAsync<Notice>(("Kind", kind), ("Message", "The picture is too large."))).ShouldContain($"role=\"{role}\"");

    [Fact]
    public async Task RaceTable_PlanCutOff_SaysSoInTheScoresPlace()
    {
        var result = new JobResult
        {
            MainScore = "accuracy",
            Recommended = "features+svm",
            Race =
            [
                new RaceRow("features+svm", 1, "finished", new Dictionary<string, double> { ["accuracy"] = 0.954 }, 12, 2_000_000),
                new RaceRow("warmup+finetune", 1, "cutOff", null, 60, 0),
            ],
        };
        var text = await Rendered.TextAsync<RaceTable>(("Result", result));
        text.ShouldContain("The one to take: features+svm .");
        text.ShouldContain("features+svm 100 % 0.954 12 s 1.91 MB");
        text.ShouldContain("warmup+finetune 100 % out of time 60 s");
    }
}
