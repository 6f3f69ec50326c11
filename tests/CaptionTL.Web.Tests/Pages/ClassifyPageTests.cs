using System.Text.Json;
using System.Text.RegularExpressions;

namespace CaptionTL.Web.Tests.Pages;

public sealed class ClassifyPageTests(Site site)
{
    [Fact]
    public async Task Threshold_RaisedAndLowered_TurnsTheClassIntoUnknownAndBack()
    {
        var model = await ModelAsync();
        await using var visit = await ToImageAsync(model);
        var (page, name) = (visit.Page, visit.Page.Locator(".class-name"));
        var bars = page.Locator(".bars li");
        await Expect(bars).ToHaveCountAsync(2);
        await Expect(bars.First).ToContainTextAsync(new Regex(@"(ants|bees)\s+\d+\.\d %"));
        var known = await name.TextContentAsync();
        known!.Trim().ShouldBe((await bars.First.Locator(".name").TextContentAsync())!.Trim());
        await Expect(page.Locator(".facts")).ToContainTextAsync($"{model} 1");
        await Expect(page.Locator(".bars li.sure")).ToHaveCountAsync(1);

        var threshold = page.GetByRole(AriaRole.Slider, new() { Name = "Least probability" });
        await threshold.FillAsync("1");
        await Expect(name).ToHaveTextAsync("unknown");
        await Expect(page.Locator(".bars li.sure")).ToHaveCountAsync(0);

        await page.ReloadAsync();
        await Expect(threshold).ToHaveValueAsync("1");
        await Expect(name).ToHaveTextAsync("unknown");

        await threshold.FillAsync("0.5");
        await Expect(name).ToHaveTextAsync(known!);
    }

    [Fact]
    public async Task Class_Corrected_IsInTheNextVersionOfTheModelsDataSet()
    {
        var model = await ModelAsync();
        await using var visit = await ToImageAsync(model);
        var page = visit.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Correct" }).ClickAsync();
        await Expect(page.GetByLabel("Keep it in")).ToHaveValueAsync(model);
        await Expect(page.Locator(".correct datalist option")).ToHaveCountAsync(2);
        await page.GetByLabel("Its class").FillAsync("wasps");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep the correction" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Look at it" }).ClickAsync();

        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await page.GetByLabel("Search").FillAsync("wasps");
        await page.GetByLabel("Search").BlurAsync();
        await Expect(page.Locator(".cell")).ToHaveCountAsync(1);
        await page.Locator(".cell").ClickAsync();
        await Expect(page.Locator("dialog.editor").GetByLabel("Class")).ToHaveValueAsync("wasps");
        await Expect(page.GetByText("corrected by a person")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Answer_CopiedAndDownloaded_IsTheClassAndAllThatTheServiceSaid()
    {
        var model = await ModelAsync();
        await using var visit = await ToImageAsync(model);
        var page = visit.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var known = (await page.Locator(".class-name").TextContentAsync())!.Trim();

        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(known);

        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "JSON" }).ClickAsync());
        file.SuggestedFilename.ShouldBe(Path.ChangeExtension(Path.GetFileName(Unseen), ".json"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(await file.PathAsync()));
        json.RootElement.GetProperty("model").GetProperty("name").GetString().ShouldBe(model);
        var classes = json.RootElement.GetProperty("results")[0].GetProperty("classes").EnumerateArray().ToList();
        classes[0].GetProperty("name").GetString().ShouldBe(known);
        classes.Sum(c => c.GetProperty("probability").GetDouble()).ShouldBe(1, 1e-3);
    }

    [Fact]
    public async Task Sample_Chosen_IsClassified()
    {
        await using var visit = await Visit.ToAsync(site, $"/classify?model={await ModelAsync()}");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try the sample: a cup of coffee" }).ClickAsync();

        await Expect(visit.Page.Locator(".classify-card .bars li")).ToHaveCountAsync(2, new() { Timeout = 120_000 });
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove coffee.png" })).ToBeVisibleAsync();
    }

    private static string Unseen => Insects.Photos("val", "bees", 1)[0];

    private async Task<string> ModelAsync()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 8);
        await Seed.TrainAsync(site.Address, data, promote: true);
        return data;
    }

    /// <summary>The page with a bee that the model has not seen, and its answer.</summary>
    private async Task<Visit> ToImageAsync(string model)
    {
        var visit = await Visit.ToAsync(site, $"/classify?model={model}");
        await visit.Page.Locator("[data-drop-input]").SetInputFilesAsync(Unseen);
        await Expect(visit.Page.Locator(".bars li").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        return visit;
    }
}
