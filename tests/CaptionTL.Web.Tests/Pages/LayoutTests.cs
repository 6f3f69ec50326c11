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
    public async Task Page_OfAnyWidth_DoesNotScrollSideways(int width)
    {
        await using var visit = await Visit.ToAsync(site, "/", width: width);

        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
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
}
