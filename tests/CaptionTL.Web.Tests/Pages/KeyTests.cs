using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Web.Tests.Pages;

public sealed class KeyTests(Site site)
{
    [Fact]
    public async Task Visitor_WhereKeysAreOn_SignsInMakesAndRevokesKeys()
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:Security:RequireKeys=true", "CaptionTL:Serving:WarmUp=false");
        var keys = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = service.Data }, new StorageOptions());
        var (admin, _) = await keys.CreateAsync("anna", [ApiScope.Admin]);
        await service.StartAsync();
        var profile = await site.NewProfileAsync(address: service.Address);
        var page = await profile.NewPageAsync();

        await page.GotoAsync("/system");
        await SignInAsync(page, "captiontl_wrong");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This key is unknown or revoked.");
        await SignInAsync(page, admin);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "System" })).ToBeVisibleAsync();
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();

        await page.GetByLabel("Whose key").FillAsync("camera");
        await page.GetByLabel("train: data sets").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        var made = await page.GetByLabel("The new key").InputValueAsync();
        (await keys.FindAsync(made)).ShouldNotBeNull().Scopes.ShouldBe("caption,train");

        // A key without the scope admin opens the pages, but shows no keys.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await SignInAsync(page, made);
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await page.GotoAsync("/system");
        await Expect(page.GetByText("takes a key with the scope admin")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await SignInAsync(page, admin);
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await page.GotoAsync("/system");
        await Expect(page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0); // what comes in would move the button under the pointer
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the key of camera…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke camera" }).ClickAsync();
        await Expect(page.GetByText("revoked", new() { Exact = true })).ToBeVisibleAsync();
        (await keys.FindAsync(made)).ShouldBeNull();
        await profile.CloseAsync();
    }

    private static async Task SignInAsync(IPage page, string key)
    {
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
