using System.Buffers.Binary;
using CaptionTL.Images;
using CaptionTL.Tests;

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
        var name = await Seed.UploadAsync(site.Address, Seed.Name("many"), Seed.Zip(Enumerable.Range(0, 10_000).Select(i => ($"{(i % 2 == 0 ? "even" : "odd")}/{i:00000}.bmp", Bitmap(i)))));
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

    [Fact]
    public async Task Upload_BrokenOffAndBegunAnew_GoesOnWhereItStopped()
    {
        const int piece = 8 << 20; // as upload.js has it
        using var folder = new TemporaryFolder();
        var padding = new byte[piece + piece / 2];
        new Random(1).NextBytes(padding);
        await File.WriteAllBytesAsync(folder.File("large.zip"), Seed.Zip([("ants/1.bmp", Bitmap(1)), ("bees/2.bmp", Bitmap(2)), ("notes.bin", padding)]));
        var name = Seed.Name("upload");
        var profile = await site.NewProfileAsync();
        var page = await profile.NewPageAsync();
        var sent = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Method == "PUT") sent.Add(request.Headers["content-range"]);
        };
        await page.RouteAsync("**/uploads/*", route => route.Request is { Method: "PUT" } put && !put.Headers["content-range"].StartsWith("bytes 0-", StringComparison.Ordinal) ? route.AbortAsync() : route.ContinueAsync());
        await UploadAsync(page, name, folder.File("large.zip"));
        await Expect(page.GetByText("The connection broke; trying again…")).ToBeVisibleAsync();

        await page.UnrouteAllAsync();
        await page.ReloadAsync();
        sent.Clear();
        await UploadAsync(page, name, folder.File("large.zip"));

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync(new() { Timeout = 120_000 });
        sent.ShouldHaveSingleItem().ShouldStartWith($"bytes {piece}-");
        await profile.CloseAsync();
    }

    private static async Task UploadAsync(IPage page, string name, string zip)
    {
        await page.GotoAsync("/data");
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await page.GetByText("Upload a data set").ClickAsync();
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Zip file").SetInputFilesAsync(zip);
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
    }

    /// <summary>24-bit BMP of 2 × 2 pixels; another one for each number.</summary>
    private static byte[] Bitmap(int number)
    {
        var bytes = new byte[54 + 16]; // rows are filled up to multiples of four bytes
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), 2);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(54), number);
        return bytes;
    }
}
