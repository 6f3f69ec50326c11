using System.Text.Json;

namespace CaptionTL.Web.Tests.Pages;

public sealed class CaptionPageTests(Site site)
{
    [Fact]
    public async Task Sample_Chosen_IsCaptionedAndAWordShowsWhereTheNetworkLooked()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: an astronaut's portrait" }).ClickAsync();

        var card = visit.Page.Locator(".caption-card");
        var words = card.Locator(".word");
        await Expect(words.First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[A-Z][a-z]*$"));
        (await words.CountAsync()).ShouldBeGreaterThan(4);
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "0");
        await words.Nth(1).HoverAsync();
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "1");
        (await card.Locator("canvas").EvaluateAsync<int>("c => new Set(c.getContext('2d').getImageData(0, 0, c.width, "
            + "c.height).data.filter((v, i) => i % 4 === 3)).size")).ShouldBeGreaterThan(3);
        await Expect(words.Nth(1)).ToHaveAttributeAsync("data-sure", new System.Text.RegularExpressions.Regex("^[0-9]+ % sure$"));
    }

    [Fact]
    public async Task Word_ReachedByKeyboard_ShowsWhereTheNetworkLooked()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cup of coffee" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        var card = visit.Page.Locator(".caption-card");
        await Expect(card.Locator(".word").First).ToBeVisibleAsync();

        await card.GetByRole(AriaRole.Button, new() { Name = "Remove coffee.png" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Tab");

        await Expect(card.Locator(".word").First).ToBeFocusedAsync();
        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "1");
    }

    [Fact]
    public async Task Word_ReachedBeforeTheScriptListens_ShowsWhereTheNetworkLooked()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        var reached = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/js/attention.js", async route =>
        {
            await reached.Task;
            await route.ContinueAsync();
        });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cup of coffee" }).ClickAsync();
        var card = visit.Page.Locator(".caption-card");
        await Expect(card.Locator(".alternative").First).ToBeVisibleAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Remove coffee.png" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(card.Locator(".word").First).ToBeFocusedAsync();

        reached.SetResult();

        await Expect(card.Locator("canvas")).ToHaveCSSAsync("opacity", "1");
    }

    [Fact]
    public async Task File_Chosen_ShowsAlternativesAndOneOfThemTakesThePlace()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "rocket.jpg"));

        var alternatives = visit.Page.Locator(".alternative");
        await Expect(alternatives).ToHaveCountAsync(4);
        var second = await alternatives.Nth(1).Locator("span").First.InnerTextAsync();
        await alternatives.Nth(1).ClickAsync();
        await Expect(visit.Page.Locator(".caption-text")).ToHaveAttributeAsync("aria-label", second);
    }

    [Fact]
    public async Task LargeImage_Chosen_IsSentSmallerAndUpright()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        // 4000 × 3000 pixels, made by the browser itself.
        var bytes = Convert.FromBase64String(await visit.Page.EvaluateAsync<string>(
            """
            async () => {
              const canvas = new OffscreenCanvas(4000, 3000), context = canvas.getContext('2d');
              context.fillStyle = '#486'; context.fillRect(0, 0, 4000, 3000);
                  context.fillStyle = '#c62'; context.fillRect(900, 700, 1500, 1600);
              const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
              return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(''));
            }
            """));

        await visit.Page.Locator("[data-drop-input]")
            .SetInputFilesAsync(new FilePayload { Name = "large.jpg", MimeType = "image/jpeg", Buffer = WithOrientation(bytes, 6) });

        var card = visit.Page.Locator(".caption-card");
        await Expect(card.Locator(".facts")).ToContainTextAsync("3000 × 4000");
        await Expect(card.Locator("img")).ToHaveAttributeAsync("height", "1024");
        await Expect(card.Locator("img")).ToHaveAttributeAsync("width", "768");
    }

    [Fact]
    public async Task File_ThatIsNoImage_IsRefusedWithTheReason()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.Locator("[data-drop-input]")
            .SetInputFilesAsync(new FilePayload { Name = "notes.jpg", MimeType = "image/jpeg", Buffer = "no image at all"u8.ToArray() });

        await Expect(visit.Page.Locator(".caption-card [role=alert]")).ToContainTextAsync("JPEG, PNG");
    }

    [Fact]
    public async Task Image_Pasted_IsCaptioned()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.EvaluateAsync(
            """
            async () => {
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File([await (await fetch('/samples/coffee.png')).blob()], 'image.png', { type: 'image/png' }));
              document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
            }
            """);

        await Expect(visit.Page.Locator(".caption-card .word").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Images_Dropped_AreCaptioned()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        // On a child of the area, as a pointer does it.
        var taken = await visit.Page.EvaluateAsync<bool>(
            """
            async () => {
              const dataTransfer = new DataTransfer();
              for (const name of ['coffee.png', 'rocket.jpg'])
                dataTransfer.items.add(new File([await (await fetch(`/samples/${name}`)).blob()], name, { type: 'image/*' }));
              const over = document.querySelector('.drop-text');
              const tell = type => over.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
              tell('dragenter');
              const marked = document.querySelector('.drop').classList.contains('drop-over');
              return [!tell('dragover'), !tell('drop'), marked,
                  !document.querySelector('.drop').classList.contains('drop-over')].every(yes => yes);
            }
            """);

        taken.ShouldBeTrue("the area is marked while images are over it, and keeps the browser from opening them");
        await Expect(visit.Page.Locator(".caption-card .alternative").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".file")).ToHaveTextAsync(["rocket.jpg", "coffee.png"]);
        await Expect(visit.Page.Locator(".caption-card[data-busy]")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".caption-card .facts")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Caption_CopiedAndDownloaded_IsTheOneShownAndAllThatTheServiceSaid()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        var page = visit.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "coffee.png"));
        await Expect(page.Locator(".alternative")).ToHaveCountAsync(4);
        var first = await page.Locator(".caption-text").GetAttributeAsync("aria-label");

        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(first);

        // Another one has not been copied yet.
        await page.Locator(".alternative").Nth(1).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        var second = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        second.ShouldNotBe(first);

        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "JSON" }).ClickAsync());
        file.SuggestedFilename.ShouldBe("coffee.json");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(await file.PathAsync()));
        var captions = json.RootElement.GetProperty("results")[0].GetProperty("captions").EnumerateArray().ToList();
        captions.Count.ShouldBe(4);
        captions[0].GetProperty("text").GetString().ShouldBe(first);
        captions[1].GetProperty("text").GetString().ShouldBe(second);
        captions[0].GetProperty("words")[0].GetProperty("attention").GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Options_Changed_CaptionTheImagesAgain()
    {
        const int most = 7; // words; the caption has more of its own accord
        await using var visit = await Visit.ToAsync(site, "/");
        var page = visit.Page;
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "coffee.png"));
        await Expect(page.Locator(".alternative")).ToHaveCountAsync(4);
        (await page.Locator(".word").CountAsync()).ShouldBeGreaterThan(most);

        await page.GetByText("Options").ClickAsync();
        await page.GetByLabel("Number of captions").FillAsync("2");
        await page.GetByLabel("Maximum length").FillAsync($"{most}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Caption again" }).ClickAsync();

        await Expect(page.Locator(".alternative")).ToHaveCountAsync(2);
        (await page.Locator(".word").CountAsync()).ShouldBeInRange(1, most);
        await Expect(page.Locator(".caption-card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Images_MoreThanThePageHolds_PushTheOldestOffAndThePageSaysSo()
    {
        const int held = 24;
        await using var visit = await Visit.ToAsync(site, "/");
        var page = visit.Page;
        var files = Enumerable.Range(1, held + 2)
            .Select(i => new FilePayload { Name = $"{i}.bmp", MimeType = "image/bmp", Buffer = TinyBitmap.Of(0) }).ToList();

        await page.Locator("[data-drop-input]").SetInputFilesAsync(files.Take(held));
        await Expect(page.Locator(".caption-card .facts")).ToHaveCountAsync(held, new() { Timeout = 120_000 });
        await Expect(page.Locator(".made-room")).ToBeEmptyAsync();
        await page.Locator("[data-drop-input]").SetInputFilesAsync(files.Skip(held));

        await Expect(page.Locator(".made-room"))
            .ToHaveTextAsync("This page holds 24 images; the 2 oldest were removed to make room.");
        await Expect(page.Locator(".file")).ToHaveTextAsync(files.Skip(2).Reverse().Select(f => f.Name));
    }

    [Fact]
    public async Task Caption_OfTheModelThatComesAlong_SaysThatItsImagesAreElsewhere()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cup of coffee" }).ClickAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Why this?" }).ClickAsync();

        await Expect(visit.Page.Locator(".learned")).ToContainTextAsync("was not trained here");
    }

    [Fact]
    public async Task Caption_Corrected_IsInTheNextVersionOfTheDataSet()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        var page = visit.Page;
        var sentence = $"A cup of coffee number {Random.Shared.Next(1_000_000)} on a wooden table.";
        await page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cup of coffee" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Correct" }).ClickAsync();
        await page.GetByLabel("What it shows").FillAsync(sentence);
        await page.GetByLabel("Keep it in").SelectOptionAsync("corrections");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep the correction" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Look at it" }).ClickAsync();

        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await page.GetByLabel("Search").FillAsync(sentence);
        await page.GetByLabel("Search").BlurAsync();
        await page.Locator(".cell").ClickAsync();
        await Expect(page.GetByLabel("Captions, one per line")).ToHaveValueAsync(sentence);
        await Expect(page.GetByText("corrected by a person")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Camera_Pressed_IsCaptioned()
    {
        await using var visit = await Visit.ToAsync(site, "/");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take a photo" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take it" }).ClickAsync();

        await Expect(visit.Page.Locator(".caption-card .word").First).ToBeAttachedAsync();
    }

    [Fact]
    public async Task Options_OutOfRange_AreRefusedAtTheField()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        await visit.Page.GetByText("Options").ClickAsync();

        await visit.Page.GetByLabel("Number of captions").FillAsync("99");
        await visit.Page.GetByLabel("Number of captions").BlurAsync();

        await Expect(visit.Page.Locator(".validation-message")).ToHaveTextAsync("From 1 to 64.");
    }

    /// <summary>A JPEG with an EXIF orientation: APP1 with one entry of the first directory, right behind the start marker.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
            0, 0, 0, 0];
        return [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)];
    }
}
