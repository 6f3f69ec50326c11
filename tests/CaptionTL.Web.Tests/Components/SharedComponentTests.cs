using Bunit;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Tests.Components;

public sealed class SharedComponentTests : BunitContext
{
    private static readonly ClassProbability[] Classes =
        [.. Enumerable.Range(0, 7).Select(i => new ClassProbability($"class {i}", i == 0 ? 0.88 : 0.02))];

    [Fact]
    public void ProbabilityBars_OfManyClasses_ShowsTheFirstOnesAndMarksThoseAboveTheThreshold()
    {
        var bars = Render<ProbabilityBars>(p => p.Add(c => c.Classes, Classes).Add(c => c.Threshold, 0.5));
        bars.FindAll("li").Count.ShouldBe(5);
        bars.FindAll(".sure").Count.ShouldBe(1);
        bars.Text().ShouldContain("88.0 %");
        bars.Markup.ShouldContain("--part:0.88;--threshold:0.5");
    }

    [Fact]
    public void ScoreList_WithAMainScore_ShowsItFirstUnderItsUsualName() =>
        Render<ScoreList>(p => p
            .Add(c => c.Scores, new Dictionary<string, double> { ["bleu4"] = 0.226, ["ciderD"] = 0.5564 })
            .Add(c => c.MainScore, "ciderD"))
            .Text().ShouldBe("CIDEr-D 0.556 BLEU-4 0.226");

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "This page holds 12 images; the oldest one was removed to make room.")]
    [InlineData(3, "This page holds 12 images; the 3 oldest were removed to make room.")]
    public void MadeRoom_SaysHowManyImagesAreGone(int gone, string text) =>
        Render<MadeRoom>(p => p.Add(c => c.Most, 12).Add(c => c.Gone, gone)).Text().ShouldBe(text);

    [Theory]
    [InlineData(NoticeKind.Error, "alert")]
    [InlineData(NoticeKind.Warning, "status")]
    public void Notice_OfAnError_InterruptsAScreenReaderAndOthersDoNot(NoticeKind kind, string role) =>
        Render<Notice>(p => p.Add(c => c.Kind, kind).Add(c => c.Message, "The image is too large."))
            .FindAll($"[role={role}]").ShouldHaveSingleItem();

    [Fact]
    public void RaceTable_PlanCutOff_SaysSoInTheScoresPlace()
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
        var text = Render<RaceTable>(p => p.Add(c => c.Result, result)).Text();
        text.ShouldContain("Recommended: features+svm .");
        text.ShouldContain("features+svm 100 % 0.954 12 s 1.91 MB");
        text.ShouldContain("warmup+finetune 100 % out of time 60 s");
    }
}
