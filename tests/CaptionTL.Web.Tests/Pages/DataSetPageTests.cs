using CaptionTL.Images;

namespace CaptionTL.Web.Tests.Pages;

public sealed class DataSetPageTests(Site site)
{
    [Fact]
    public async Task ImageSavedAgain_FoundAndMoved_IsInTheOtherImagesClass()
    {
        var photos = Insects.Photos("train", "ants", 3);
        var again = JpegWriter.Write(ImageDecoder.Decode(File.ReadAllBytes(photos[0])), quality: 60);
        var name = await Seed.UploadAsync(site.Address, Seed.Name("near"), Seed.Zip(
            [.. photos.Select(p => ($"ants/{Path.GetFileName(p)}", File.ReadAllBytes(p))), .. Insects.Photos("train", "bees", 2)
                .Select(p => ($"bees/{Path.GetFileName(p)}", File.ReadAllBytes(p))), ("bees/again.jpg", again)]));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Look for nearly identical images" }).ClickAsync();
        var group = page.Locator(".near .same");
        await Expect(group).ToHaveCountAsync(1, new() { Timeout = 300_000 });
        await Expect(group).ToContainTextAsync("In different classes");
        await Expect(group.Locator("img[alt$='again.jpg']")).ToBeVisibleAsync();

        await group.GetByRole(AriaRole.Button, new() { Name = "Choose these" }).ClickAsync();
        await Expect(page.Locator(".mover")).ToContainTextAsync("2 images chosen");
        await page.GetByLabel("To the class").FillAsync("ants");
        await page.GetByLabel("To the split").SelectOptionAsync("train");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move", Exact = true }).ClickAsync();

        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await Expect(page.Locator(".filter label", new() { HasText = "Class" })).ToContainTextAsync("ants (4)");
        await Expect(page.Locator(".filter label", new() { HasText = "Split" })).ToContainTextAsync("train (2)");
        await Expect(page.Locator(".place:has([aria-label$='again.jpg']) .text")).ToHaveTextAsync("ants");
    }

    [Fact]
    public async Task CopyAcrossSplitsAndABrokenImage_OfAZip_AreTold()
    {
        var (first, second) = (File.ReadAllBytes(Path.Combine(Repository.Samples, "coffee.png")),
            File.ReadAllBytes(Path.Combine(Repository.Samples, "chelsea.png")));
        var name = await Seed.UploadAsync(site.Address, Seed.Name("leak"), Seed.Zip(
        [
            ("train/cups/coffee.png", first), ("train/cats/chelsea.png", second), ("val/cups/again.png", first),
                ("val/cats/3.bmp", TinyBitmap.Of(3)),
            ("train/cats/broken.jpg", "no image at all"u8.ToArray()), ("train/cats/half.png", [.. second.Take(20)]),
        ]));
        // the damaged one's thumbnail
        await using var visit = await Visit.ToAsync(site, $"/data/{name}", complaints: text =>
            !text.Contains("422", StringComparison.Ordinal));
        var findings = visit.Page.GetByRole(AriaRole.Region, new() { Name = "What the check found" });

        await Expect(findings.Locator("dl div", new() { HasText = "same images" })).ToContainTextAsync("1 group");
        await Expect(findings.Locator("dl div", new() { HasText = "of them across splits" })).ToContainTextAsync("1 group");
        await findings.GetByText("1 group of the same image").ClickAsync();
        await Expect(findings.Locator(".same")).ToContainTextAsync("In different splits: the score would be too good.");
        await Expect(findings.Locator(".same img[alt$='coffee.png']")).ToBeVisibleAsync();
        await Expect(findings.Locator(".same img[alt$='again.png']")).ToBeVisibleAsync();

        // One was no image and has gone; of the other one the beginning is kept, and cannot be read.
        await findings.GetByText("2 things were left out").ClickAsync();
        await Expect(findings.Locator("li", new() { HasText = "broken.jpg" })).ToBeVisibleAsync();
        await Expect(findings.Locator("li", new() { HasText = "half.png" })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".cell[aria-label*='broken.jpg']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Image_SavedAndRemovedAndTheSetDeleted_IsSoOnTheServer()
    {
        var name = await Seed.UploadAsync(site.Address, Seed.Name("edited"),
            Seed.Zip(Enumerable.Range(1, 4).Select(i => ($"{(i < 3 ? "odd" : "even")}/{i}.bmp", TinyBitmap.Of(i)))));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;

        await page.Locator(".cell[aria-label*='1.bmp']").ClickAsync();
        await page.Locator("dialog.editor").GetByLabel("Class").FillAsync("square");
        await page.Locator("dialog.editor").GetByLabel("Split").SelectOptionAsync("test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await Expect(page.Locator("dialog.editor")).ToHaveCountAsync(0);
        await Expect(page.Locator(".cell[aria-label*='1.bmp'] .text")).ToHaveTextAsync("square");
        await Expect(page.Locator(".filter label", new() { HasText = "Split" })).ToContainTextAsync("test (1)");
        await page.Locator(".cell[aria-label*='2.bmp']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the image" }).ClickAsync();
        await Expect(page.GetByText("Version 3 · 3 images")).ToBeVisibleAsync();
        await Expect(page.Locator(".cell[aria-label*='2.bmp']")).ToHaveCountAsync(0);

        await page.ReloadAsync();
        await visit.LiveAsync();
        await Expect(page.Locator(".cell[aria-label*='1.bmp'] .text")).ToHaveTextAsync("square");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByText($"Delete {name} with all its images?")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await Expect(page.GetByText($"Delete {name} with all its images?")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Data sets" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = name })).ToHaveCountAsync(0);
        using var http = new HttpClient { BaseAddress = new Uri(site.Address) };
        (await http.GetAsync($"/api/v1/datasets/{name}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Editor_LoadedAnew_IsOpenWithWhatWasTyped()
    {
        var images = Enumerable.Range(1, 4).Select(i => ($"{(i < 3 ? "odd" : "even")}/{i}.bmp", TinyBitmap.Of(i)));
        var name = await Seed.UploadAsync(site.Address, Seed.Name("draft"), Seed.Zip(images));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;
        await page.Locator(".cell[aria-label*='4.bmp']").ClickAsync();
        await page.Locator("dialog.editor").GetByLabel("Class").FillAsync("four");

        await page.ReloadAsync();

        await Expect(page.Locator("dialog.editor h2")).ToContainTextAsync("4.bmp");
        await Expect(page.Locator("dialog.editor").GetByLabel("Class")).ToHaveValueAsync("four");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".cell[aria-label*='4.bmp'] .text")).ToHaveTextAsync("four");
    }

    [Fact]
    public async Task Search_BeforeTheListKnowsItsHeight_FindsTheImage()
    {
        var name = await Seed.UploadAsync(site.Address, Seed.Name("early"),
            Seed.Zip(Enumerable.Range(1, 4).Select(i => ($"{(i < 3 ? "odd" : "even")}/{i}.bmp", TinyBitmap.Of(i)))));
        var profile = await site.NewProfileAsync();
        // What tells the list how much of it is in view waits for `seen()`.
        await profile.AddInitScriptAsync(
            """
            const waiting = [];
            window.seen = () => { window.told = true; waiting.splice(0).forEach(call => call()); };
            window.IntersectionObserver = class extends IntersectionObserver { constructor(call, options) {
                super((...all) => window.told ? call(...all) : waiting.push(() => call(...all)), options); } };
            """);
        var page = await profile.NewPageAsync();
        await page.GotoAsync($"/data/{name}");
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();

        await page.GetByLabel("Search").FillAsync("2.bmp");
        await page.GetByLabel("Search").BlurAsync();
        await Expect(page.GetByRole(AriaRole.Status).GetByText("1 image", new() { Exact = true })).ToBeVisibleAsync();
        await page.EvaluateAsync("seen()");

        await Expect(page.Locator(".cell")).ToHaveCountAsync(1);
        await Expect(page.Locator(".cell[aria-label*='2.bmp']")).ToBeVisibleAsync();
        await profile.CloseAsync();
    }

    [Fact]
    public async Task TenThousandImages_Scrolled_AreThereAndOnlyThoseInView()
    {
        var name = await Seed.UploadAsync(site.Address, Seed.Name("many"),
            Seed.Zip(Enumerable.Range(0, 10_000).Select(i => ($"{(i % 2 == 0 ? "even" : "odd")}/{i:00000}.bmp", TinyBitmap.Of(i)))));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;
        await Expect(page.GetByText("10,000 images").First).ToBeVisibleAsync();
        await Expect(page.Locator(".cell").First).ToBeVisibleAsync();

        await page.Locator(".grid").EvaluateAsync("grid => { grid.scrollTop = grid.scrollHeight; }");

        var last = page.Locator("[aria-label$='09999.bmp: odd']");
        await Expect(last).ToBeVisibleAsync();
        (await last.Locator("img").EvaluateAsync<int>("async image => { await image.decode(); return image.naturalWidth; }"))
            .ShouldBeGreaterThan(0);
        (await page.Locator(".cell").CountAsync()).ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Images_OnAPhone_DoNotScrollSideways()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await using var visit = await Visit.ToAsync(site, $"/data/{name}", width: 390);
        await Expect(visit.Page.Locator(".cell").Nth(15)).ToBeAttachedAsync();

        (await visit.Page.EvaluateAsync<int>("Math.max(...['.row', '.grid', 'html'].map(name => document.querySelector(name)).map(e => "
            + "e.scrollWidth - e.clientWidth))")).ShouldBeLessThanOrEqualTo(0);
        (await visit.Page.Locator(".place").First.EvaluateAsync<int>("place => place.offsetWidth")).ShouldBeGreaterThan(120);
    }
}
