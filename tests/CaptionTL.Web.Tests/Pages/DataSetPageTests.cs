using CaptionTL.Images;

namespace CaptionTL.Web.Tests.Pages;

public sealed class DataSetPageTests(Site site)
{
    [Fact]
    public async Task PictureSavedAgain_FoundAndMoved_IsInTheOtherPicturesClass()
    {
        var photos = Insects.Photos("train", "ants", 3);
        var again = JpegWriters.Default.Write(ImageDecoders.Default.Decode(File.ReadAllBytes(photos[0])), quality: 60);
        var name = await Seed.UploadAsync(site.Address, Seed.Name("near"), Seed.Zip(
            [.. photos.Select(p => ($"ants/{Path.GetFileName(p)}", File.ReadAllBytes(p))), .. Insects.Photos("train", "bees", 2).Select(p => ($"bees/{Path.GetFileName(p)}", File.ReadAllBytes(p))), ("bees/again.jpg", again)]));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Look for nearly the same pictures" }).ClickAsync();
        var group = page.Locator(".near .same");
        await Expect(group).ToHaveCountAsync(1, new() { Timeout = 300_000 });
        await Expect(group).ToContainTextAsync("In different classes");
        await Expect(group.Locator("img[alt$='again.jpg']")).ToBeVisibleAsync();

        await group.GetByRole(AriaRole.Button, new() { Name = "Choose these" }).ClickAsync();
        await Expect(page.Locator(".mover")).ToContainTextAsync("2 pictures chosen");
        await page.GetByLabel("To the class").FillAsync("ants");
        await page.GetByLabel("To the split").SelectOptionAsync("train");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move", Exact = true }).ClickAsync();

        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await Expect(page.Locator(".filter label", new() { HasText = "Class" })).ToContainTextAsync("ants (4)");
        await Expect(page.Locator(".place:has([aria-label$='again.jpg']) .text")).ToHaveTextAsync("ants");
    }

    [Fact]
    public async Task TenThousandPictures_Scrolled_AreThereAndOnlyThoseInView()
    {
        var name = await Seed.UploadAsync(site.Address, Seed.Name("many"), Seed.Zip(Enumerable.Range(0, 10_000).Select(i => ($"{(i % 2 == 0 ? "even" : "odd")}/{i:00000}.bmp", TinyBitmap.Of(i)))));
        await using var visit = await Visit.ToAsync(site, $"/data/{name}");
        var page = visit.Page;
        await Expect(page.GetByText("10,000 pictures").First).ToBeVisibleAsync();
        await Expect(page.Locator(".cell").First).ToBeVisibleAsync();

        await page.Locator(".grid").EvaluateAsync("grid => { grid.scrollTop = grid.scrollHeight; }");

        var last = page.Locator("[aria-label$='09999.bmp: odd']");
        await Expect(last).ToBeVisibleAsync();
        (await last.Locator("img").EvaluateAsync<int>("async image => { await image.decode(); return image.naturalWidth; }")).ShouldBeGreaterThan(0);
        (await page.Locator(".cell").CountAsync()).ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Pictures_OnAPhone_DoNotScrollSideways()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await using var visit = await Visit.ToAsync(site, $"/data/{name}", width: 390);
        await Expect(visit.Page.Locator(".cell").Nth(15)).ToBeAttachedAsync();

        (await visit.Page.EvaluateAsync<int>("Math.max(...['.row', '.grid', 'html'].map(name => document.querySelector(name)).map(e => e.scrollWidth - e.clientWidth))")).ShouldBeLessThanOrEqualTo(0);
        (await visit.Page.Locator(".place").First.EvaluateAsync<int>("place => place.offsetWidth")).ShouldBeGreaterThan(120);
    }
}
