namespace CaptionTL.Web.Tests;

/// <summary>
/// Images of every page, for people to look at: tests/CaptionTL.Web.Tests/bin/Release/net10.0/CaptionTL.Web.Tests -explicit only, into
/// CAPTIONTL_SCREENSHOTS.
/// </summary>
public sealed class ScreenshotTests(Site site)
{
    private static readonly (string Name, int Width, int Height)[] Screens = [("desktop", 1280, 860), ("phone", 390, 844)];

    private static string Folder => Directory.CreateDirectory(Environment.GetEnvironmentVariable("CAPTIONTL_SCREENSHOTS")
        ?? Path.Combine(Path.GetTempPath(), "captiontl-screenshots")).FullName;

    [Fact(Explicit = true)]
    public async Task Captions_ForTheReadme_ArePhotographed()
    {
        foreach (var (name, colors, width, height) in new[] { ("readme-caption", ColorScheme.Light, 1280, 1130),
            ("readme-phone", ColorScheme.Dark, 390, 1130) })
        {
            await using var visit = await Visit.ToAsync(site, "/", colors, width, height);
            await CaptionAsync(visit.Page, "a cat's face", "a cup of coffee");
            if (width < 700)
                await visit.Page.Locator(".caption-card").First.EvaluateAsync("card => window.scrollTo(0, "
                    + "card.getBoundingClientRect().top + window.scrollY - 130)");
            await visit.Page.Locator(".caption-card").First.Locator(".word", new() { HasText = "coffee" }).HoverAsync();
            await visit.Page.WaitForTimeoutAsync(600);
            await visit.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.jpg"), Type = ScreenshotType.Jpeg, Quality = 85,
                Animations = ScreenshotAnimations.Disabled });
        }
    }

    [Fact(Explicit = true)]
    public async Task Training_UnderWay_IsPhotographed()
    {
        var shapes = await Seed.ShapesAsync(site.Address, images: 500, name: "shapes");
        string[] changes = ["views=1", "head.minimumWordFrequency=1", "phases[0].batchSize=25", "phases[0].epochs=12",
            "phases[0].patience=12"];
        var job = await Seed.StartAsync(site.Address, new { kind = "train", data = shapes, plan = "caption+scst", set = changes,
            priority = 100 });
        await using (var visit = await Visit.ToAsync(site, $"/jobs/{job.Id}", ColorScheme.Light, 1280, 1290))
        {
            await Expect(visit.Page.Locator(".progress strong", new() { HasText = "epoch 8 of 12" }))
                .ToBeVisibleAsync(new() { Timeout = 300_000 });
            await ShootAsync(visit.Page, "readme-training", wholePage: false);
            await ShootAsync(visit.Page, "jobs-running-desktop-light");
        }
        await using (var visit = await Visit.ToAsync(site, $"/jobs/{job.Id}", ColorScheme.Dark, 390, 844))
        {
            await Expect(visit.Page.GetByText("left in training").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await ShootAsync(visit.Page, "jobs-running-phone-dark");
        }
        await Seed.CancelAsync(site.Address, job);
    }

    [Fact(Explicit = true)]
    public async Task Pages_LightAndDarkOnDesktopAndPhone_ArePhotographed()
    {
        var pages = SitePages.All.Select(path => (Name: path == "/" ? "caption" : path.Trim('/'), Path: path))
            .Concat(await SitePages.OfTrainedModelsAsync(site)).ToList();
        foreach (var (screen, width, height) in Screens)
            foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
                foreach (var (name, path) in pages)
                {
                    await using var visit = await Visit.ToAsync(site, path, colors, width, height);
                    await PrepareAsync(visit.Page, path);
                    await ShootAsync(visit.Page, $"{name}-{screen}-{colors}".ToLowerInvariant());
                }
    }

    private static async Task ShootAsync(IPage page, string name, bool wholePage = true)
    {
        if (await page.Locator(".chart").CountAsync() > 0) await page.WaitForTimeoutAsync(600); // their script loads after the page
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png"), FullPage = wholePage,
            Animations = ScreenshotAnimations.Disabled });
    }

    private static async Task PrepareAsync(IPage page, string path)
    {
        await Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await SitePages.OpenAsync(page, path);
        if (path.StartsWith("/train?", StringComparison.Ordinal))
        {
            await page.GetByText("warmup+finetune").ClickAsync();
            await page.GetByText("The network block by block").ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Measure" }).ClickAsync();
            await Expect(page.Locator(".cost tr.all")).ToBeVisibleAsync();
        }
        if (path.StartsWith("/data/", StringComparison.Ordinal)
            && await page.GetByRole(AriaRole.Button, new() { Name = "Look for nearly" }).IsVisibleAsync())
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Look for nearly" }).ClickAsync();
            await Expect(page.Locator(".near p[aria-busy]")).ToHaveCountAsync(0);
        }
        if (path.StartsWith("/data/", StringComparison.Ordinal)) await page.Locator(".mark").Nth(1).CheckAsync();
        if (path.StartsWith("/teach/", StringComparison.Ordinal))
        {
            await page.Locator(".drop[aria-label='Show it something new'] [data-drop-input]")
                .SetInputFilesAsync(Insects.Photos("val", "bees", 1));
            await page.GetByRole(AriaRole.Button, new() { Name = "Why this?" }).ClickAsync();
            await Expect(page.Locator(".learned li").First).ToBeVisibleAsync();
        }
        if (path != "/") return;
        await CaptionAsync(page, "a cup of coffee", "an astronaut's portrait");
        await page.Locator(".caption-card").First.Locator(".word").Nth(1).HoverAsync();
        await page.WaitForTimeoutAsync(600);
    }

    private static async Task CaptionAsync(IPage page, params string[] samples)
    {
        foreach (var sample in samples)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = $"Try the sample: {sample}" }).ClickAsync();
            await Expect(page.Locator(".caption-card[data-busy]")).ToHaveCountAsync(0);
        }
    }
}
