namespace CaptionTL.Web.Tests.Pages;

public sealed class TrainPageTests(Site site)
{
    [Fact]
    public async Task DataSet_Uploaded_IsTrainedOnAndTheModelAnswers()
    {
        var name = $"set-{Guid.NewGuid():N}"[..12];
        await using var visit = await Visit.ToAsync(site, "/data");
        var page = visit.Page;

        await page.GetByText("Upload a data set").ClickAsync();
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Zip file").SetInputFilesAsync(new FilePayload { Name = "insects.zip", MimeType = "application/zip", Buffer = Zip(Insects.Photos("train", "ants", 16), Insects.Photos("train", "bees", 16)) });
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator(".cell img").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Train on it" }).ClickAsync();
        await page.GetByText("features+dense").ClickAsync();
        await Expect(page.Locator(".drawing .frozen").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await page.GetByText("Change the main values").ClickAsync();
        await page.GetByLabel("Passes (epochs)").FillAsync("40");
        await page.GetByLabel("Ends after so many passes").FillAsync("40");
        await page.GetByLabel("Ends after so many passes").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();

        await Expect(page.Locator(".chart svg path").First).ToBeAttachedAsync(new() { Timeout = 60_000 });
        await Expect(page.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 120_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = $"Try {name} 1" }).ClickAsync();
        await visit.LiveAsync();
        await page.Locator(".drop[data-ready] [data-drop-input]").SetInputFilesAsync(Insects.Photos("val", "bees", 1));
        await Expect(page.Locator(".bars li").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
    }

    private static byte[] Zip(IReadOnlyList<string> ants, IReadOnlyList<string> bees)
    {
        using var bytes = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (label, photos) in new[] { ("ants", ants), ("bees", bees) })
                foreach (var photo in photos)
                {
                    using var entry = zip.CreateEntry($"{label}/{Path.GetFileName(photo)}").Open();
                    using var file = File.OpenRead(photo);
                    file.CopyTo(entry);
                }
        return bytes.ToArray();
    }
}
