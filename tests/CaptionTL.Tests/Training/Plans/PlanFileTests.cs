using CaptionTL.Training.Plans;

namespace CaptionTL.Tests.Training.Plans;

public sealed class PlanFileTests
{
    public static TheoryData<string> Presets => [.. PlanPresets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Write_EveryPreset_ReadsBackTheSame(string name)
    {
        var plan = PlanPresets.Find(name).Validated();
        var text = PlanFile.Write(plan);
        PlanFile.Write(PlanFile.Parse(text, "test")).ShouldBe(text);
    }

    [Fact]
    public void Parse_MembersInAnotherOrderWithComments_IsRead()
    {
        var plan = PlanFile.Parse("""
            // my plan
            {"phases": [{"epochs": 2}], "head": {"hidden": [8], "kind": "dense"}, "backbone": "resnet18",}
            """, "mine.json");
        (plan.Backbone, ((DenseHeadPlan)plan.Head).Hidden[0], plan.Phases[0].Epochs).ShouldBe(("resnet18", 8, 2));
    }

    [Theory]
    [InlineData("{}", "head")]
    [InlineData("[]", "mine.json")]
    [InlineData("{\"head\": {\"kind\": \"magic\"}}", "magic")]
    [InlineData("{\"head\": {\"kind\": \"classical\"}, \"speed\": 3}", "speed")]
    [InlineData("{\"head\": {\"kind\": \"dense\"}}", "no phases")]
    [InlineData("{\"head\": {\"kind\": \"classical\"}, \"phases\": [{}]}", "one go")]
    [InlineData("{\"head\": {\"kind\": \"classical\", \"c\": -1}}", "C is -1")]
    public void Parse_NoPlan_SaysWhere(string text, string message) =>
        Should.Throw<CaptionTLException>(() => PlanFile.Parse(text, "mine.json")).Message.ShouldContain(message);

    [Fact]
    public void With_Changes_AreMadeAndTheRestIsKept()
    {
        var plan = PlanFile.With(PlanPresets.Find("warmup+finetune"), ["phases[1].epochs=3", "phases[1].unfreeze=last:4", "layer=blocks.6", "head.hidden=[32]", "inputSize=null"]);
        (plan.Phases[1].Epochs, plan.Phases[1].Unfreeze, plan.Layer).ShouldBe((3, "last:4", "blocks.6"));
        ((DenseHeadPlan)plan.Head).Hidden.ShouldBe([32]);
        plan.Phases[0].ShouldBe(PlanPresets.Find("warmup+finetune").Phases[0]);
    }

    [Theory]
    [InlineData("epochs=3", "no 'epochs'")]
    [InlineData("phases[7].epochs=3", "phases[7]")]
    [InlineData("phases[0].epochs=many", "no plan")]
    [InlineData("phases[0].epochs=0", "from 1 to 10000")]
    [InlineData("phases", "PATH=VALUE")]
    [InlineData("inputSize.width=3", "not set")]
    public void With_WhatIsNotThere_IsExplained(string change, string message) =>
        Should.Throw<CaptionTLException>(() => PlanFile.With(PlanPresets.Caption, [change])).Message.ShouldContain(message);

    [Fact]
    public void Open_UnknownName_ListsThePresets() =>
        Should.Throw<CaptionTLException>(() => PlanFile.Open("features+magic")).Message.ShouldContain("features+svm");
}
