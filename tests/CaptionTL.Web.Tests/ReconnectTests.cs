namespace CaptionTL.Web.Tests;

public sealed class ReconnectTests(Site site)
{
    private const string Correction = "A cup of coffee on a wooden table.";

    [Fact]
    public async Task Server_StartedAnewInTheMiddle_IsToldAndThePageAndTheTrainingGoOn()
    {
        await using var service = new WebService();
        if (Site.HasBrowser) await service.StartAsync();
        var profile = await site.NewProfileAsync(address: service.Address);
        var page = await OpenAsync(profile, "/");
        await CorrectAsync(page);
        var data = await Seed.InsectsAsync(service.Address, each: 8);
        var job = await Seed.StartAsync(service.Address,
            new { kind = "train", data, plan = "features+dense", set = (string[])["phases[0].epochs=600", "phases[0].patience=600"] });
        var training = await profile.NewPageAsync();
        await training.GotoAsync($"/jobs/{job.Id}");
        await Expect(training.Locator(".chart svg path").First).ToBeAttachedAsync(new() { Timeout = 120_000 });

        await service.KillAsync();
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await service.StartAsync();

        await Expect(page.Locator("#connection")).ToBeHiddenAsync(new() { Timeout = 120_000 });
        await IsCorrectedAsync(page);
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "rocket.jpg"));
        await Expect(page.Locator(".caption-card .alternative")).ToHaveCountAsync(8, new() { Timeout = 120_000 });
        await Expect(training.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 300_000 });
        await Expect(training.GetByRole(AriaRole.Link, new() { Name = $"Try {data} 1" })).ToBeVisibleAsync();
        await profile.CloseAsync();
    }

    [Fact]
    public async Task Page_LoadedAnew_HasItsImagesAndWhatWasTyped()
    {
        var profile = await site.NewProfileAsync();
        var page = await OpenAsync(profile, "/");
        await page.GetByText("Options").ClickAsync();
        await page.GetByLabel("Number of captions").FillAsync("3");
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "rocket.jpg"));
        await Expect(page.Locator(".caption-card .alternative").First).ToBeVisibleAsync();
        await CorrectAsync(page);

        await page.ReloadAsync();

        await IsCorrectedAsync(page);
        await Expect(page.Locator(".caption-card .file")).ToHaveTextAsync(["coffee.png", "rocket.jpg"]);
        await Expect(page.GetByLabel("Number of captions")).ToHaveValueAsync("3");

        // What was taken away stays away, and another page's visitor finds nothing.
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove coffee.png" }).ClickAsync();
        await Expect(page.Locator(".caption-card")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Expect(page.Locator(".caption-card .file")).ToHaveTextAsync(["rocket.jpg"]);
        await Expect(page.Locator(".correct")).ToHaveCountAsync(0);
        var other = await OpenAsync(profile, "/");
        await Expect(other.Locator(".caption-card")).ToHaveCountAsync(0);
        await profile.CloseAsync();
    }

    [Fact]
    public async Task Plan_ChangedAndLoadedAnew_IsAsItWas()
    {
        await using var visit = await Visit.ToAsync(site, $"/train?data={await Seed.InsectsAsync(site.Address, each: 6)}");
        var page = visit.Page;
        await page.GetByLabel("Name of the model").FillAsync("six-legs");
        await page.GetByText("warmup+finetune").ClickAsync();
        await page.GetByText("Change the main values").ClickAsync();
        var phases = page.GetByLabel("Passes (epochs)");
        await Expect(phases).ToHaveCountAsync(2);
        await phases.Nth(1).FillAsync("7");

        await page.ReloadAsync();

        await Expect(phases.Nth(1)).ToHaveValueAsync("7");
        await Expect(phases.Nth(1)).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name of the model")).ToHaveValueAsync("six-legs");
        await Expect(page.Locator("input[name=plan]:checked")).ToHaveValueAsync("warmup+finetune");
        await Expect(page.Locator(".explain")).ToContainTextAsync("7 passes");
    }

    [Fact]
    public async Task Connection_LostWhileTheServerLives_IsMendedAndThePageIsTheSame()
    {
        var profile = await site.NewProfileAsync();
        await profile.AddInitScriptAsync("window.sockets = []; window.WebSocket = class extends WebSocket { constructor(...all) { "
            + "super(...all); sockets.push(this); } };");
        var page = await OpenAsync(profile, "/");
        await CorrectAsync(page);
        await page.EvaluateAsync("window.same = true");

        // Neither the circuit nor what start.js asks comes through.
        await profile.SetOfflineAsync(true);
        await page.EvaluateAsync("sockets.forEach(socket => socket.close())");
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await Expect(page.GetByText("The connection to the server is lost. Trying again…")).ToBeVisibleAsync();
        await profile.SetOfflineAsync(false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync();

        await Expect(page.Locator("#connection")).ToBeHiddenAsync(new() { Timeout = 120_000 });
        (await page.EvaluateAsync<bool>("window.same === true")).ShouldBeTrue("the page was loaded anew");
        await IsCorrectedAsync(page);
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "rocket.jpg"));
        await Expect(page.Locator(".caption-card .alternative")).ToHaveCountAsync(8, new() { Timeout = 120_000 });
        await profile.CloseAsync();
    }

    private static async Task<IPage> OpenAsync(IBrowserContext profile, string path)
    {
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = await profile.NewPageAsync();
        await page.GotoAsync(path);
        await Expect(page.Locator(".drop[data-ready]")).ToBeVisibleAsync();
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        return page;
    }

    /// <summary>A captioned image whose caption is being corrected.</summary>
    private static async Task CorrectAsync(IPage page)
    {
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Path.Combine(Repository.Samples, "coffee.png"));
        var card = page.Locator(".caption-card", new() { HasText = "coffee.png" });
        await card.GetByRole(AriaRole.Button, new() { Name = "Correct" }).ClickAsync(new() { Timeout = 120_000 });
        await card.GetByLabel("What it shows").FillAsync(Correction);
    }

    private static async Task IsCorrectedAsync(IPage page)
    {
        var card = page.Locator(".caption-card", new() { HasText = "coffee.png" });
        await Expect(card.Locator(".word").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(card.GetByLabel("What it shows")).ToHaveValueAsync(Correction, new() { Timeout = 120_000 });
        await Expect(card.Locator("img").First).ToHaveJSPropertyAsync("complete", true);
        (await card.Locator("img").First.EvaluateAsync<int>("image => image.naturalWidth")).ShouldBeGreaterThan(0);
    }
}
