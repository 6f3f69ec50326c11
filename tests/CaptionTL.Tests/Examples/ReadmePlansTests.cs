using System.Text.RegularExpressions;
using CaptionTL.Training.Plans;

namespace CaptionTL.Tests.Examples;

/// <summary>The short plan files in the README are plans, and do what the presets beside them do.</summary>
public partial class ReadmePlansTests
{
    [Fact]
    public void Readme_PlanFiles_AreTheNamedPlans()
    {
        var plans = PlanFiles().Matches(File.ReadAllText(Path.Combine(Repository.Root, "src", "CaptionTL", "Training", "README.md")))
            .Select(m => (Name: m.Groups[1].Value, Text: m.Groups[2].Value)).ToList();
        plans.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var (name, text) in plans)
            PlanFile.Write(PlanFile.Parse(text, name)).ShouldBe(PlanFile.Write(PlanPresets.Find(name)), name);
    }

    [GeneratedRegex("`([a-z+-]+)`[^`]*```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PlanFiles();
}
