namespace CaptionTL.Web.Tests.Pages;

public sealed class TeachPageTests(Site site)
{
    [Fact]
    public async Task AntsAndBees_Taught_AnUnseenBeeIsABee()
    {
        var (ants, bees, unseen) = (Insects.Photos("train", "ants", 12), Insects.Photos("train", "bees", 12), Insects.Photos("val", "bees", 1));
        await using var visit = await Visit.ToAsync(site, "/teach");
        var page = visit.Page;
        var name = $"insects-{Guid.NewGuid():N}"[..16];

        await page.GetByLabel("What will it tell apart?").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Teach: {name}" })).ToBeVisibleAsync();
        await ShowAsync(page, "ant", ants);
        await ShowAsync(page, "bee", bees);
        await page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
        await Expect(page.GetByText("3. Try it")).ToBeVisibleAsync(new() { Timeout = 300_000 });
        await visit.LiveAsync();
        await page.Locator(".drop[aria-label='Show it something new'] [data-drop-input]").SetInputFilesAsync(unseen);

        await Expect(page.Locator(".class-name")).ToHaveTextAsync("bee");
        await page.GetByRole(AriaRole.Button, new() { Name = "Why this?" }).ClickAsync();
        await Expect(page.Locator(".learned li")).ToHaveCountAsync(6, new() { Timeout = 120_000 });
        await Expect(page.Locator(".learned li", new() { HasText = "bee" }).First).ToBeVisibleAsync();
    }

    private static async Task ShowAsync(IPage page, string name, IReadOnlyList<string> photos)
    {
        await page.GetByLabel("One more class").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the class" }).ClickAsync();
        var box = page.Locator($"[data-class='{name}']");
        await box.Locator(".drop[data-ready]").WaitForAsync();
        await box.Locator("[data-drop-input]").SetInputFilesAsync(photos);
        await Expect(box.Locator("header")).ToContainTextAsync($"{photos.Count} pictures", new() { Timeout = 120_000 });
    }
}
