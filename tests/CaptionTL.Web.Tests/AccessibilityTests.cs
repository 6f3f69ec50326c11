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

    [Fact]
    public async Task PagesOfDataSetsAndTheirModels_CheckedByAxe_HaveNoSeriousViolation()
    {
        foreach (var (_, path) in await SitePages.OfTrainedModelsAsync(site))
            foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var visit = await Visit.ToAsync(site, path, colors);
                await Expect(visit.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
                await SitePages.OpenAsync(visit.Page, path);
                await visit.Page.EvaluateAsync("document.querySelectorAll('main details').forEach(details => { details.open = true; })");
                var report = await visit.Page.Locator("iframe.report").CountAsync() > 0 ? await visit.Page.Locator("iframe.report").GetAttributeAsync("src") : null;

                // A frame that runs no scripts would never answer axe; the report in it is checked as a page.
                Serious(await visit.Page.RunAxe(new AxeRunOptions { Iframes = false })).ShouldBeEmpty($"{path}, {colors}");
                if (report is null) continue;
                await visit.Page.GotoAsync(report);
                Serious(await visit.Page.RunAxe()).ShouldBeEmpty($"{report}, {colors}");
            }
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
