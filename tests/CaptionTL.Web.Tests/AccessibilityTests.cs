using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace CaptionTL.Web.Tests;

public sealed class AccessibilityTests(Site site)
{
    [Theory]
    [MemberData(nameof(PagesAndColors))]
    public async Task Page_CheckedByAxe_HasNoSeriousViolation(string path, ColorScheme colors)
    {
        await using var visit = await Visit.ToAsync(site, path, colors);

        var found = await visit.Page.RunAxe();

        Serious(found).ShouldBeEmpty();
    }

    [Fact]
    public async Task Caption_CheckedByAxe_HasNoSeriousViolation()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cat's face" }).ClickAsync();
        await Expect(visit.Page.Locator(".alternative").First).ToBeVisibleAsync();
        await visit.Page.WaitForTimeoutAsync(800); // words have faded in: axe measures contrast

        Serious(await visit.Page.RunAxe()).ShouldBeEmpty();
    }

    public static TheoryData<string, ColorScheme> PagesAndColors()
    {
        var data = new TheoryData<string, ColorScheme>();
        foreach (var path in SitePages.All)
            foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark }) data.Add(path, colors);
        return data;
    }

    private static IEnumerable<string> Serious(AxeResult result) =>
        result.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}");
}
