using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
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
                var report = await visit.Page.Locator("iframe.report").CountAsync() > 0 ? await visit.Page.Locator("iframe.report")
                    .GetAttributeAsync("src") : null;

                // A frame that runs no scripts would never answer axe; the report in it is checked as a page.
                Serious(await visit.Page.RunAxe(new AxeRunOptions { Iframes = false })).ShouldBeEmpty($"{path}, {colors}");
                if (report is null) continue;
                await visit.Page.GotoAsync(report);
                Serious(await visit.Page.RunAxe()).ShouldBeEmpty($"{report}, {colors}");
            }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Dialogs_CheckedByAxe_HaveNoSeriousViolation(ColorScheme colors)
    {
        await using var visit = await Visit.ToAsync(site, $"/data/{await Seed.InsectsAsync(site.Address, each: 4)}", colors);
        await visit.Page.Locator(".cell").First.ClickAsync();
        await Expect(visit.Page.Locator("dialog.editor")).ToBeVisibleAsync();
        Serious(await visit.Page.RunAxe()).ShouldBeEmpty("the editor");

        await visit.Page.GotoAsync("/");
        await visit.LiveAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take a photo" }).ClickAsync();
        await Expect(visit.Page.Locator("[data-drop-shutter]")).ToBeEnabledAsync();
        Serious(await visit.Page.RunAxe()).ShouldBeEmpty("the camera");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Answers_CheckedByAxe_HaveNoSeriousViolation(ColorScheme colors)
    {
        var data = await Seed.InsectsAsync(site.Address, each: 6);
        await Seed.TrainAsync(site.Address, data, promote: true);
        await using var visit = await Visit.ToAsync(site, $"/classify?model={data}", colors);
        await visit.Page.Locator("[data-drop-input]").SetInputFilesAsync(Insects.Photos("val", "bees", 1));
        await Expect(visit.Page.Locator(".bars li").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await SettledAsync(visit.Page);
        Serious(await visit.Page.RunAxe()).ShouldBeEmpty("a class");

        await visit.Page.GotoAsync($"/teach/{await Seed.ShapesAsync(site.Address, images: 10)}");
        await visit.LiveAsync();
        await Expect(visit.Page.Locator(".described li")).ToHaveCountAsync(10);
        await Expect(visit.Page.Locator(".described textarea").First).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("[a-z]"));
        Serious(await visit.Page.RunAxe()).ShouldBeEmpty("captions to teach");

        await visit.Page.GotoAsync("/data");
        await visit.LiveAsync();
        await visit.Page.GetByText("Upload a data set").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByText("Give the data set a name.")).ToBeVisibleAsync();
        Serious(await visit.Page.RunAxe()).ShouldBeEmpty("an upload refused");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task SignInAndKeys_CheckedByAxe_HaveNoSeriousViolation(ColorScheme colors)
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:Security:RequireKeys=true", "CaptionTL:Serving:WarmUp=false");
        var keys = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = service.Data }, new StorageOptions());
        var (admin, _) = await keys.CreateAsync("anna", [ApiScope.Admin]);
        var (_, old) = await keys.CreateAsync("old camera", [ApiScope.Caption]);
        await keys.RevokeAsync(old.Name);
        await service.StartAsync();
        var profile = await site.NewProfileAsync(colors, address: service.Address);
        var page = await profile.NewPageAsync();

        await page.GotoAsync("/system");
        Serious(await page.RunAxe()).ShouldBeEmpty("signing in");
        foreach (var key in (string[])["captiontl_wrong", admin])
        {
            await page.GetByLabel("API key").FillAsync(key);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            if (key == admin) continue;
            await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
            Serious(await page.RunAxe()).ShouldBeEmpty("a wrong key");
        }
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await page.GetByLabel("Whose key").FillAsync("camera");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        await Expect(page.GetByLabel("The new key")).ToBeVisibleAsync();
        await Expect(page.GetByText("old camera")).ToBeVisibleAsync();
        Serious(await page.RunAxe()).ShouldBeEmpty("the keys");
        await profile.CloseAsync();
    }

    /// <summary>Nothing fades or grows any more: axe measures contrast.</summary>
    private static Task SettledAsync(IPage page) =>
        page.WaitForFunctionAsync("document.getAnimations().every(animation => animation.playState !== 'running')");

    public static TheoryData<string, ColorScheme> PagesAndColors()
    {
        var data = new TheoryData<string, ColorScheme>();
        foreach (var path in SitePages.All)
            foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark }) data.Add(path, colors);
        return data;
    }

    private static IEnumerable<string> Serious(AxeResult result) =>
        result.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}");
}
