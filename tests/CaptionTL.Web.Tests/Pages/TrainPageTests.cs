namespace CaptionTL.Web.Tests.Pages;

public sealed class TrainPageTests(Site site)
{
    [Fact]
    public async Task DataSet_Uploaded_IsTrainedOnCancelledResumedAndTheModelAnswers()
    {
        var name = Seed.Name("set");
        await using var visit = await Visit.ToAsync(site, "/data");
        var page = visit.Page;

        await page.GetByText("Upload a data set").ClickAsync();
        await page.GetByLabel("Name").FillAsync(name);
        var zip = Seed.Zip([.. Insects.Photos("train", "ants", 16).Select(p => ("ants", p)), .. Insects.Photos("train", "bees", 16)
            .Select(p => ("bees", p))]);
        await page.GetByLabel("Zip file")
            .SetInputFilesAsync(new FilePayload { Name = "insects.zip", MimeType = "application/zip", Buffer = zip });
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator(".cell img").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Train on it" }).ClickAsync();
        await page.GetByText("features+dense").ClickAsync();
        await Expect(page.Locator(".drawing .frozen").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await page.GetByText("Change the main values").ClickAsync();
        await page.GetByLabel("Passes (epochs)").FillAsync("80");
        await page.GetByLabel("Ends after so many passes").FillAsync("80");
        await page.GetByLabel("Ends after so many passes").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();

        await Expect(page.Locator(".chart svg path").First).ToBeAttachedAsync(new() { Timeout = 300_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator(".badge")).ToHaveTextAsync("cancelled", new() { Timeout = 120_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 600_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = $"Try {name} 1" }).ClickAsync();
        await visit.LiveAsync();
        await page.Locator(".drop[data-ready] [data-drop-input]").SetInputFilesAsync(Insects.Photos("val", "bees", 1));
        await Expect(page.Locator(".bars li").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
    }

    [Fact]
    public async Task Plan_WithAnEarlierBlockRead_IsDrawnSoAndItsCostMeasured()
    {
        await using var visit = await Visit.ToAsync(site, $"/train?data={await Seed.InsectsAsync(site.Address, each: 6)}");
        var page = visit.Page;
        await page.GetByText("features+dense").ClickAsync();
        var drawn = page.Locator(".drawing .frozen");
        await page.GetByText("The network block by block").ClickAsync();
        var blocks = page.Locator("input[name=layer]");
        await Expect(blocks.First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        var all = await blocks.CountAsync();
        await Expect(drawn).ToHaveCountAsync(all);

        await blocks.Nth(all - 3).CheckAsync();
        await Expect(drawn).ToHaveCountAsync(all - 2);
        var read = (await blocks.Nth(all - 3).GetAttributeAsync("aria-label"))!.Split(' ')[^1];

        await page.GetByRole(AriaRole.Button, new() { Name = "Measure" }).ClickAsync();
        await Expect(page.Locator(".cost tr.all")).ToContainTextAsync("training", new() { Timeout = 300_000 });
        await Expect(page.Locator(".cost")).ToContainTextAsync($"embed up to {read}");
        await Expect(page.Locator(".cost")).ToContainTextAsync("at most 30 passes");

        // A quote is for the plan that was measured.
        await blocks.Nth(all - 1).CheckAsync();
        await Expect(page.Locator(".cost table")).ToHaveCountAsync(0);
    }
}
