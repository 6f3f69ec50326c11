using System.IO.Compression;
using System.Text.RegularExpressions;

namespace CaptionTL.Web.Tests.Pages;

public sealed class UploadTests(Site site)
{
    /// <summary>Bytes that upload-pieces.js sends at once.</summary>
    private const int Piece = 8 << 20;

    [Fact]
    public async Task Folder_WithSplitsAndClasses_KeepsBothInPiecesWithProgress()
    {
        using var folder = new TemporaryFolder();
        string[] images = ["train/ants/1", "train/ants/2", "train/bees/3", "train/bees/4", "val/ants/5", "val/bees/6"];
        foreach (var path in images) Write(folder, $"{path}.bmp", TinyBitmap.Of(path[^1]));
        Write(folder, "train/ants/.hidden.bmp", TinyBitmap.Of(7));
        Write(folder, "train/bees/Thumbs.db", [1, 2, 3]);
        var name = Seed.Name("folder");
        await using var visit = await Visit.ToAsync(site, "/data");
        var sent = Sent(visit.Page);

        await FillAsync(visit.Page, name, "Or a folder", folder.Path);

        await IsThereAsync(visit.Page, name);
        await Expect(visit.Page.Locator(".filter label", new() { HasText = "Split" })).ToContainTextAsync("train (4)");
        await Expect(visit.Page.Locator(".filter label", new() { HasText = "Split" })).ToContainTextAsync("dev (2)");
        await Expect(visit.Page.Locator(".filter label", new() { HasText = "Class" })).ToContainTextAsync("ants (3)");
        await Expect(visit.Page.Locator(".filter label", new() { HasText = "Class" })).ToContainTextAsync("bees (3)");
        sent.ShouldHaveSingleItem().ShouldStartWith("bytes 0-");
    }

    [Fact]
    public async Task Folder_WithCaptionsBesideTheImages_HasThem()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++) Write(folder, $"images/größe {i}.bmp", TinyBitmap.Of(i));
        Write(folder, "metadata.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3)
            .Select(i => $$"""{"file_name": "images/größe {{i}}.bmp", "text": "Square number {{i}}."}""" + "\n"))));
        var name = Seed.Name("captioned");
        await using var visit = await Visit.ToAsync(site, "/data");

        await FillAsync(visit.Page, name, "Or a folder", folder.Path);

        await IsThereAsync(visit.Page, name);
        await Expect(visit.Page.GetByText("· 3 captions")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("[aria-label*='größe 2.bmp: Square number 2.']")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("Zip file")]
    [InlineData("Or a folder")]
    public async Task Upload_BrokenOffAndBegunAnew_GoesOnWhereItStopped(string field)
    {
        using var folder = new TemporaryFolder();
        var large = new byte[Piece + Piece / 2];
        new Random(1).NextBytes(large);
        TinyBitmap.Of(1).CopyTo(large, 0); // what follows the pixels is nobody's
        var chosen = folder.File("large.zip");
        if (field == "Zip file")
        {
            await File.WriteAllBytesAsync(chosen, Seed.Zip([("ants/1.bmp", large), ("bees/2.bmp", TinyBitmap.Of(2))]));
        }
        else
        {
            chosen = folder.File("large");
            Write(folder, "large/ants/1.bmp", large);
            Write(folder, "large/bees/2.bmp", TinyBitmap.Of(2));
        }
        var name = Seed.Name("upload");
        var profile = await site.NewProfileAsync();
        var page = await profile.NewPageAsync();
        var sent = Sent(page);
        await page.RouteAsync("**/uploads/*", route => route.Request is { Method: "PUT" } put && !put.Headers["content-range"]
            .StartsWith("bytes 0-", StringComparison.Ordinal) ? route.AbortAsync() : route.ContinueAsync());
        await page.GotoAsync("/data");
        await FillAsync(page, name, field, chosen);
        await Expect(page.GetByText("The connection broke; trying again…")).ToBeVisibleAsync();

        await page.UnrouteAllAsync();
        await page.GotoAsync("/data");
        sent.Clear();
        await FillAsync(page, name, field, chosen);

        await IsThereAsync(page, name);
        sent.ShouldHaveSingleItem().ShouldStartWith($"bytes {Piece}-");
        using var http = new HttpClient { BaseAddress = new Uri(site.Address) };
        (await http.GetByteArrayAsync($"/api/v1/datasets/{name}/images/1")).ShouldBe(large);
        await profile.CloseAsync();
    }

    [Fact]
    public async Task FolderZip_OfManyFiles_IsAnArchive()
    {
        await using var visit = await Visit.ToAsync(site, "/data");

        var base64 = await visit.Page.EvaluateAsync<string>(
            """
            async () => {
              const { FolderZip } = await import('/js/folder-zip.js');
              const files = Array.from({ length: 70000 }, (_, i) => ({ path: `f/${i}.txt`,
                  file: new Blob(i % 1000 ? [] : [`number ${i}`]) }));
              const zip = new FolderZip(files);
              const pieces = [];
              for (let at = 0; at < zip.size;) { const piece = await zip.piece(at, 999983); pieces.push(piece); at += piece.length; }
              const again = await zip.piece(10, 100); // further back than the last piece
              if (again.some((byte, i) => byte !== pieces[0][10 + i])) throw new Error('read again, it is another');
              const address = await new Promise(done => { const reader = new FileReader();
                  reader.onload = () => done(reader.result); reader.readAsDataURL(new Blob(pieces)); });
              return address.split(',')[1];
            }
            """);

        using var archive = new ZipArchive(new MemoryStream(Convert.FromBase64String(base64)));
        archive.Entries.Count.ShouldBe(70_000);
        using var text = new StreamReader(archive.GetEntry("f/69000.txt")!.Open());
        (await text.ReadToEndAsync()).ShouldBe("number 69000");
        archive.GetEntry("f/0.txt")!.Crc32.ShouldBe(0xa15b05c4u);
    }

    [Fact]
    public async Task FolderZip_BeyondFourGigabytes_IsAnArchive()
    {
        const long far = 5_000_000_000;
        await using var visit = await Visit.ToAsync(site, "/data");
        var header = Convert.FromBase64String(await visit.Page.EvaluateAsync<string>(
            """
            async () => {
              const { FolderZip } = await import('/js/folder-zip.js');
              const piece = await new FolderZip([{ path: 'far.txt', file: new Blob(['far']) }]).piece(0, 56);
              return btoa(String.fromCharCode(...piece));
            }
            """));
        var directory = Convert.FromBase64String(await visit.Page.EvaluateAsync<string>(
            """
            async far => {
              const { centralDirectory } = await import('/js/folder-zip.js');
              const blocks = centralDirectory([{ name: new TextEncoder().encode('far.txt'), size: 3,
                  crc: 0x71f62476, offset: far }], far + 56);
              return btoa(blocks.map(block => String.fromCharCode(...block)).join(''));
            }
            """, far));
        using var folder = new TemporaryFolder();
        await using (var file = File.Create(folder.File("far.zip"))) // all but its end is a hole
        {
            file.Seek(far, SeekOrigin.Begin);
            file.Write(header);
            file.Write(directory);
        }

        using var archive = ZipFile.OpenRead(folder.File("far.zip"));
        using var text = new StreamReader(archive.Entries.ShouldHaveSingleItem().Open());
        (await text.ReadToEndAsync()).ShouldBe("far");
    }

    [Fact]
    public async Task Name_TakenOrNotOne_IsSaidAtTheName()
    {
        var taken = await Seed.UploadAsync(site.Address, Seed.Name("taken"),
            Seed.Zip([("a/1.bmp", TinyBitmap.Of(1)), ("b/2.bmp", TinyBitmap.Of(2))]));
        await using var visit = await Visit.ToAsync(site, "/data", complaints: text => !text.Contains("409", StringComparison.Ordinal));
        var field = visit.Page.GetByLabel("Name");
        var zip = new FilePayload { Name = "set.zip", MimeType = "application/zip",
            Buffer = Seed.Zip([("a/1.bmp", TinyBitmap.Of(1)), ("b/2.bmp", TinyBitmap.Of(2))]) };
        await visit.Page.GetByText("Upload a data set").ClickAsync();
        await visit.Page.GetByLabel("Zip file").SetInputFilesAsync(zip);
        var requests = Requests(visit.Page);

        (string Name, string Problem)[] wrong = [("", "Give the data set a name."), ("Flowers!", "Names have lower-case letters"),
            (taken, $"There is a data set '{taken}' already.")];
        foreach (var (name, problem) in wrong)
        {
            await field.FillAsync(name);
            await SendAsync(visit.Page);
            await IsWrongAsync(field, problem);
            await Expect(field).ToBeFocusedAsync();
            if (name != taken) requests.ShouldBeEmpty();
        }

        // Another name, and all is well.
        var free = Seed.Name("free");
        await field.FillAsync(free);
        await Expect(field).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await SendAsync(visit.Page);
        await IsThereAsync(visit.Page, free);
    }

    [Fact]
    public async Task File_ThatIsNoZip_IsSaidAtTheFile()
    {
        await using var visit = await Visit.ToAsync(site, "/data", complaints: text => !text.Contains("422", StringComparison.Ordinal));
        var (page, field) = (visit.Page, visit.Page.GetByLabel("Zip file"));
        var requests = Requests(page);
        await page.GetByText("Upload a data set").ClickAsync();
        await page.GetByLabel("Name").FillAsync(Seed.Name("nozip"));
        await SendAsync(page);
        await IsWrongAsync(field, "Choose a zip file, or a folder with images.");

        // Said as soon as it is chosen; the damaged one is what only the server sees.
        await field.SetInputFilesAsync(new FilePayload { Name = "photo.zip", MimeType = "application/zip",
            Buffer = File.ReadAllBytes(Path.Combine(Repository.Samples, "rocket.jpg")) });
        await IsWrongAsync(field, "photo.zip is no zip archive.");
        await SendAsync(page);
        await IsWrongAsync(field, "photo.zip is no zip archive.");
        requests.ShouldBeEmpty();
        await field.SetInputFilesAsync(new FilePayload { Name = "half.zip", MimeType = "application/zip",
            Buffer = [.. Seed.Zip([("a/1.bmp", TinyBitmap.Of(1)), ("b/2.bmp", TinyBitmap.Of(2))]).Take(100)] });
        await Expect(field).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await SendAsync(page);
        await IsWrongAsync(field, "The upload is not a zip archive, or it is damaged.");
    }

    [Fact]
    public async Task Limit_Lowered_IsSaidBeforehandAndAtWhatIsLarger()
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:DataSets:MaxUploadBytes=102400", "CaptionTL:DataSets:MaxFiles=3",
            "CaptionTL:Serving:WarmUp=false");
        await service.StartAsync();
        await using var visit = await Visit.ToAsync(site, "/data", address: service.Address);
        var page = visit.Page;
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 4; i++) Write(folder, $"set/{(i < 2 ? "a" : "b")}/{i}.bmp", TinyBitmap.Of(i));
        var requests = Requests(page);
        await page.GetByText("Upload a data set").ClickAsync();
        await Expect(page.GetByText("Up to 100 KB and 3 files. Images are .jpg")).ToBeVisibleAsync();
        await Expect(page.GetByText("Stop", new() { Exact = true })).ToBeHiddenAsync();
        await page.GetByLabel("Name").FillAsync("large");

        var noise = new byte[102400]; // which a zip does not make smaller
        new Random(1).NextBytes(noise);
        await page.GetByLabel("Zip file").SetInputFilesAsync(
            new FilePayload { Name = "set.zip", MimeType = "application/zip", Buffer = Seed.Zip([("a/1.bmp", noise)]) });
        await SendAsync(page);
        await IsWrongAsync(page.GetByLabel("Zip file"), "It has 101 KB, and 100 KB are taken at most.");
        await page.GetByLabel("Or a folder").SetInputFilesAsync(folder.File("set"));
        await SendAsync(page);
        await IsWrongAsync(page.GetByLabel("Or a folder"), "It has 4 files, and 3 are taken at most.");
        await Expect(page.GetByLabel("Zip file")).Not.ToHaveAttributeAsync("aria-invalid", "true");
        requests.ShouldBeEmpty();
    }

    private static async Task FillAsync(IPage page, string name, string field, string path)
    {
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await page.GetByText("Upload a data set").ClickAsync();
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel(field).SetInputFilesAsync(path);
        await SendAsync(page);
    }

    private static Task SendAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();

    private static Task IsThereAsync(IPage page, string name) => Expect(page.GetByRole(AriaRole.Heading, new() { Name = name }))
        .ToBeVisibleAsync(new() { Timeout = 120_000 });

    /// <summary>The field is marked and described by what is wrong with it.</summary>
    private static async Task IsWrongAsync(ILocator field, string problem)
    {
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAccessibleDescriptionAsync(new Regex(Regex.Escape(problem)));
        await Expect(field.Page.GetByText(problem)).ToBeVisibleAsync();
    }

    /// <summary>The ranges of the pieces that the page sends.</summary>
    private static List<string> Sent(IPage page)
    {
        var sent = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Method == "PUT") sent.Add(request.Headers["content-range"]);
        };
        return sent;
    }

    /// <summary>What the page sends to the API that changes something.</summary>
    private static List<string> Requests(IPage page)
    {
        var sent = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Method != "GET" && request.Url.Contains("/api/", StringComparison.Ordinal))
                sent.Add($"{request.Method} {request.Url}");
        };
        return sent;
    }

    private static void Write(TemporaryFolder folder, string path, byte[] bytes)
    {
        var file = folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }
}
