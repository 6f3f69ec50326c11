namespace CaptionTL.Web.Tests.Pages;

public sealed class LayoutTests(Site site)
{
    [Fact]
    public async Task Theme_SwitchedToDark_StaysAcrossVisits()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        var theme = visit.Page.Locator("[data-theme-switch]");

        await theme.ClickAsync();
        await theme.ClickAsync();
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await visit.Page.ReloadAsync();

        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task SkipLink_Pressed_MovesTheKeyboardToTheContent()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Page.Locator("#content")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(360)]
    [InlineData(800)]
    [InlineData(1920)]
    public async Task Pages_OfAnyWidth_DoNotScrollSideways(int width)
    {
        foreach (var path in SitePages.All)
        {
            await using var visit = await Visit.ToAsync(site, path, width: width);
            await FitsAsync(visit.Page, path);
        }
    }

    [Fact]
    public async Task PagesOfDataSetsAndTheirModels_OnANarrowPhone_DoNotScrollSideways()
    {
        foreach (var (_, path) in await SitePages.OfTrainedModelsAsync(site))
        {
            await using var visit = await Visit.ToAsync(site, path, width: 360);
            await SitePages.OpenAsync(visit.Page, path);
            await FitsAsync(visit.Page, path);
        }
    }

    [Fact]
    public async Task Address_OfNoPage_SaysSoWithStatus404()
    {
        var profile = await site.NewProfileAsync();
        var page = await profile.NewPageAsync();

        var answer = await page.GotoAsync("/nowhere");

        answer!.Status.ShouldBe(404);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync();
        await profile.CloseAsync();
    }

    private static async Task FitsAsync(IPage page, string path)
    {
        await Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await page.EvaluateAsync("document.querySelectorAll('main details').forEach(details => { details.open = true; })");
        await page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        var wide = await page.EvaluateAsync<string[]>(
            """
            () => document.documentElement.scrollWidth <= innerWidth ? [] :
              [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)
                  .slice(0, 5).map(e => e.outerHTML.slice(0, 120)).concat('the page')
            """);
        wide.ShouldBeEmpty(path);
    }
}
