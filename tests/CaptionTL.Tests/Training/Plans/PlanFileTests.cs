using CaptionTL.Images;
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
    [InlineData("[]", "mine.json is not a plan: it must be an object")]
    [InlineData("{\"head\": {\"kind\": \"magic\"}}", "magic")]
    [InlineData("{\"head\": {\"kind\": \"classical\"}, \"speed\": 3}", "there is no 'speed' in it.")]
    [InlineData("{\"head\": {\"kind\": \"dense\"}}", "no phases")]
    [InlineData("{\"head\": {\"kind\": \"classical\"}, \"phases\": [{}]}", "one go")]
    [InlineData("{\"head\": {\"kind\": \"classical\", \"c\": -1}}", "C is -1")]
    public void Parse_NoPlan_SaysWhere(string text, string message) =>
        Should.Throw<CaptionTLException>(() => PlanFile.Parse(text, "mine.json")).Message.ShouldContain(message);

    [Theory]
    [InlineData("phases[1].objective.samples=1", "samples is 1")]
    [InlineData("phases[1].objective.temperature=0", "temperature is 0")]
    [InlineData("phases[1].objective.maximumWords=0", "words is 0")]
    [InlineData("phases[1].batchSize=4", "at least the 5 samples")]
    [InlineData("phases[1].objective=null", "objective is missing")]
    [InlineData("phases[0].objective={\"kind\": \"selfCritical\"}", "cannot begin")]
    [InlineData("head={\"kind\": \"dense\"}", "for captions")]
    [InlineData("phases[0].augmentation={\"minScale\": 2}", "scale")]
    [InlineData("phases[0].augmentation={\"rotation\": 200}", "rotation")]
    [InlineData("phases[0].augmentation={\"zoom\": 3}", "zoom")]
    public void With_SelfCriticalOrOnlinePhaseThatCannotBe_IsExplained(string change, string message) =>
        Should.Throw<CaptionTLException>(() => PlanFile.With(PlanPresets.Find("caption+scst"), [change])).Message.ShouldContain(message);

    [Fact]
    public void With_ObjectiveAndAugmentation_AreKeptInTheFile()
    {
        var plan = PlanFile.With(PlanPresets.Find("caption+scst"), ["phases[1].objective.samples=7",
            "phases[0].augmentation={\"rotation\": 10, \"erasingProbability\": 0.2}", "phases[0].augmentation.minScale=0.3"]);
        var read = PlanFile.Parse(PlanFile.Write(plan), "test");
        ((SelfCriticalObjective)read.Phases[1].Objective).Samples.ShouldBe(7);
        read.Phases[0].Objective.ShouldBe(new CrossEntropyObjective());
        read.Phases[0].Augmentation.ShouldBe(new Augmentation { Rotation = 10, ErasingProbability = 0.2, MinScale = 0.3 });
        read.Phases[1].Augmentation.ShouldBeNull();
    }

    [Fact]
    public void With_Changes_AreMadeAndTheRestIsKept()
    {
        var plan = PlanFile.With(PlanPresets.Find("warmup+finetune"), ["phases[1].epochs=3", "phases[1].unfreeze=last:4", "layer=blocks.6",
            "head.hidden=[32]", "inputSize=null"]);
        (plan.Phases[1].Epochs, plan.Phases[1].Unfreeze, plan.Layer).ShouldBe((3, "last:4", "blocks.6"));
        ((DenseHeadPlan)plan.Head).Hidden.ShouldBe([32]);
        plan.Phases[0].ShouldBe(PlanPresets.Find("warmup+finetune").Phases[0]);
    }

    [Theory]
    [InlineData("epochs=3", "no 'epochs'")]
    [InlineData("phases[7].epochs=3", "phases[7]")]
    [InlineData("phases[0].epochs=many", "not a plan: 'phases[0].epochs' cannot be that.")]
    [InlineData("phases[0].epochs=0", "from 1 to 10000")]
    [InlineData("phases", "PATH=VALUE")]
    [InlineData("inputSize.width=3", "not set")]
    public void With_WhatIsNotThere_IsExplained(string change, string message) =>
        Should.Throw<CaptionTLException>(() => PlanFile.With(PlanPresets.Caption, [change])).Message.ShouldContain(message);

    [Fact]
    public void Open_UnknownName_ListsThePresets() =>
        Should.Throw<CaptionTLException>(() => PlanFile.Open("features+magic")).Message.ShouldContain("features+svm");
}
