using System.Text.RegularExpressions;
using CaptionTL.IO;

namespace CaptionTL.Web.Tests.Pages;

public sealed class TeachPageTests(Site site)
{
    [Fact]
    public async Task AntsAndBees_Taught_AnUnseenBeeIsABee()
    {
        var (ants, bees, unseen) = (Insects.Photos("train", "ants", 12), Insects.Photos("train", "bees", 12),
            Insects.Photos("val", "bees", 1));
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

    [Fact]
    public async Task Captions_Taught_AreWrittenAndTellWhatTheyWereLearnedFrom()
    {
        var (photos, unseen) = (Insects.Photos("train", "bees", 8), Insects.Photos("val", "bees", 1));
        await using var visit = await Visit.ToAsync(site, "/teach");
        var page = visit.Page;
        var name = Seed.Name("captions");

        await page.GetByLabel("to write captions").CheckAsync();
        await page.GetByLabel("What will it describe?").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Teach: {name}" })).ToBeVisibleAsync();
        await visit.LiveAsync();
        await page.Locator(".drop [data-drop-input]").SetInputFilesAsync(photos);
        var described = page.Locator(".described li");
        await Expect(described).ToHaveCountAsync(photos.Count, new() { Timeout = 120_000 });
        for (var i = 0; i < photos.Count; i++)
        {
            await described.Nth(i).Locator("textarea").FillAsync("A bee sits on a flower.\nAn insect looks for food.");
            await described.Nth(i).Locator("textarea").BlurAsync();
            await Expect(described.Nth(i)).ToContainTextAsync("2 sentences kept");
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
        await Expect(page.GetByText("3. Try it")).ToBeVisibleAsync(new() { Timeout = 300_000 });
        await visit.LiveAsync();
        await page.Locator(".drop[aria-label='Show it something new'] [data-drop-input]").SetInputFilesAsync(unseen);

        await Expect(page.Locator(".caption-card .word").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Why this?" }).ClickAsync();
        await Expect(page.Locator(".learned li").First).ToContainTextAsync("A bee sits on a flower.", new() { Timeout = 120_000 });

        await page.GetByRole(AriaRole.Link, new() { Name = "Details" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"Try {name} 1" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What is in the image?" })).ToBeVisibleAsync();
        await visit.LiveAsync();
        await page.Locator("[data-drop-input]").SetInputFilesAsync(unseen);
        await Expect(page.Locator(".caption-card .facts")).ToContainTextAsync($"{name} 1", new() { Timeout = 120_000 });

        await page.GotoAsync($"{site.Address}/teach/{name}");
        await visit.LiveAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Train deeper" }).ClickAsync();
        await Expect(page.Locator(".deeper .verdict"))
            .ToHaveTextAsync(new Regex("^It is (no )?better: CIDEr-D .+, the quick one has .+\\.$"), new() { Timeout = 300_000 });
    }

    [Fact]
    public async Task Training_PageClosedAndOpenedAgain_IsFollowedToItsEnd()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await using var other = await LongTraining.StartAsync(site.Address); // the training waits for it, however fast the machine is
        await using (var first = await Visit.ToAsync(site, $"/teach/{name}"))
        {
            await first.Page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
            await Expect(first.Page.Locator(".badge")).ToHaveTextAsync("waiting");
        }

        await using var again = await Visit.ToAsync(site, $"/teach/{name}");
        await Expect(again.Page.Locator(".badge")).ToHaveTextAsync("waiting");
        await Expect(again.Page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true })).ToBeDisabledAsync();
        await other.EndAsync();

        await Expect(again.Page.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 300_000 });
        await Expect(again.Page.GetByText("3. Try it")).ToBeVisibleAsync();
        await Expect(again.Page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true })).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Deeper_BehindTheQuickOne_IsComparedAndUsedWhenTheVisitorSaysSo()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await using (var first = await Visit.ToAsync(site, $"/teach/{name}"))
        {
            await first.Page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }).ClickAsync();
            await Expect(first.Page.GetByText("3. Try it")).ToBeVisibleAsync(new() { Timeout = 300_000 });
            await first.Page.GetByRole(AriaRole.Button, new() { Name = "Train deeper" }).ClickAsync();
            await Expect(first.Page.Locator(".deeper .badge")).ToBeVisibleAsync();
            // The quick one answers meanwhile.
            await first.Page.Locator(".drop[aria-label='Show it something new'] [data-drop-input]")
                .SetInputFilesAsync(Insects.Photos("val", "bees", 1));
            await Expect(first.Page.Locator(".class-name")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        }

        await using var again = await Visit.ToAsync(site, $"/teach/{name}");
        var verdict = again.Page.Locator(".deeper .verdict");
        await Expect(verdict).ToHaveTextAsync(new Regex("^It is (no )?better: accuracy .+, the quick one has .+\\.$"),
            new() { Timeout = 300_000 });
        await Expect(again.Page.Locator(".scores")).ToHaveCountAsync(2);
        (await VersionInUseAsync(name)).ShouldBe(1);
        await again.Page.GetByRole(AriaRole.Button, new() { Name = "Use the deeper one" }).ClickAsync();
        await Expect(verdict).ToHaveTextAsync(new Regex("^In use: "));
        (await VersionInUseAsync(name)).ShouldBe(2);
        await again.Page.ReloadAsync();
        await Expect(verdict).ToHaveTextAsync(new Regex("^In use: "), new() { Timeout = 120_000 });
    }

    private async Task<int?> VersionInUseAsync(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var model = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync($"/api/v1/models/{name}"));
        return model.RootElement.GetProperty("inUse").GetInt32();
    }

    private static async Task ShowAsync(IPage page, string name, IReadOnlyList<string> photos)
    {
        await page.GetByLabel("One more class").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the class" }).ClickAsync();
        var box = page.Locator($"[data-class='{name}']");
        await box.Locator(".drop[data-ready]").WaitForAsync();
        await box.Locator("[data-drop-input]").SetInputFilesAsync(photos);
        await Expect(box.Locator("header")).ToContainTextAsync($"{photos.Count} images", new() { Timeout = 120_000 });
    }
}
