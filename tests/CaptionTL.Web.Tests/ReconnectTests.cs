namespace CaptionTL.Web.Tests;

public sealed class ReconnectTests(Site site)
{
    [Fact]
    public async Task Server_StartedAnewInTheMiddle_IsToldAndThePageGoesOn()
    {
        await using var service = new WebService();
        if (Site.HasBrowser) await service.StartAsync();
        var profile = await site.NewProfileAsync(address: service.Address);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator(".drop[data-ready]")).ToBeVisibleAsync();
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();

        await service.KillAsync();
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        await service.StartAsync();

        await Expect(page.Locator("#connection")).ToBeHiddenAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator(".drop[data-ready]")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await page.Locator("[data-drop-input]").SetInputFilesAsync(Repository.Sample("coffee.png"));
        await Expect(page.Locator(".caption-card .word").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await profile.CloseAsync();
    }
}
