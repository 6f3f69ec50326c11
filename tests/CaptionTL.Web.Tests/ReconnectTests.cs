namespace CaptionTL.Web.Tests;

public sealed class ReconnectTests(Site site)
{
    [Fact]
    public async Task Server_StartedAnewInTheMiddle_IsToldAndThePageAndTheTrainingGoOn()
    {
        await using var service = new WebService();
        if (Site.HasBrowser) await service.StartAsync();
        var profile = await site.NewProfileAsync(address: service.Address);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator(".drop[data-ready]")).ToBeVisibleAsync();
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        var data = await Seed.InsectsAsync(service.Address, each: 8);
        var job = await Seed.StartAsync(service.Address, new { kind = "train", data, plan = "features+dense", set = (string[])["phases[0].epochs=600", "phases[0].patience=600"] });
        var training = await profile.NewPageAsync();
        await training.GotoAsync($"/jobs/{job.Id}");
        await Expect(training.Locator(".chart svg path").First).ToBeAttachedAsync(new() { Timeout = 120_000 });

        await service.KillAsync();
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await service.StartAsync();

        await Expect(page.Locator("#connection")).ToBeHiddenAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator(".drop[data-ready]")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Repository.Sample("coffee.png"));
        await Expect(page.Locator(".caption-card .word").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(training.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 300_000 });
        await Expect(training.GetByRole(AriaRole.Link, new() { Name = $"Try {data} 1" })).ToBeVisibleAsync();
        await profile.CloseAsync();
    }
}
