using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Web.Tests.Pages;

public sealed class RunPageTests(Site site)
{
    [Fact]
    public async Task Model_OfARun_IsPromotedRolledBackAndExported()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await Seed.TrainAsync(site.Address, name, promote: true);
        var second = await Seed.TrainAsync(site.Address, name, promote: false);
        await using var visit = await Visit.ToAsync(site, $"/runs/{second.Id}");
        var (page, state) = (visit.Page, visit.Page.GetByLabel("The model"));
        await Expect(state).ToContainTextAsync($"Version 2 of {name} is not in use; version 1 is.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Roll back" })).ToHaveCountAsync(0); // to what?

        await page.GetByRole(AriaRole.Button, new() { Name = "Use this version" }).ClickAsync();
        await Expect(state).ToContainTextAsync($"Version 2 of {name} answers now.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back to version 1" }).ClickAsync();
        await Expect(state).ToContainTextAsync($"Version 2 of {name} is not in use; version 1 is.");

        var onnx = page.GetByRole(AriaRole.Link, new() { Name = "ONNX" });
        var exported = await page.RunAndWaitForDownloadAsync(() => onnx.ClickAsync(), new() { Timeout = 120_000 });
        using var zip = new ZipArchive(File.OpenRead(await exported.PathAsync()));
        zip.Entries.Select(e => e.Name).Order(StringComparer.Ordinal).ShouldBe(["README.md", "labels.txt", "model.onnx"]);
    }

    [Fact]
    public async Task ConfusionMatrix_CellPressed_ShowsTheImagesItCounts()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 12);
        var run = await Seed.TrainAsync(site.Address, data, promote: false);
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");
        var matrix = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Which classes are confused" });
        var cells = matrix.Locator("table button");
        await Expect(cells.First).ToBeVisibleAsync();

        for (var (i, count) = (0, await cells.CountAsync()); i < count; i++)
        {
            var (title, number) = ((await cells.Nth(i).GetAttributeAsync("aria-label"))!,
                int.Parse(await cells.Nth(i).InnerTextAsync(), CultureInfo.InvariantCulture));
            title.ShouldMatch(@"^\d+ (ants|bees) (recognised|taken for (ants|bees))$");
            await cells.Nth(i).ClickAsync();
            var opened = visit.Page.GetByRole(AriaRole.Region, new() { Name = title, Exact = true });
            await Expect(opened.Locator("li img")).ToHaveCountAsync(number);
            await Expect(cells.Nth(i)).ToHaveAttributeAsync("aria-pressed", "true");
        }

        var link = matrix.Locator("li a").First;
        var whole = await visit.Page.APIRequest.GetAsync(new Uri(new Uri(site.Address), await link.GetAttributeAsync("href")).ToString());
        whole.Headers["content-type"].ShouldBe("image/jpeg");

        // The report on its own does the same without a script.
        await visit.Page.GotoAsync($"/api/v1/runs/{run.Id}/report");
        var cell = visit.Page.Locator(".matrix a").First;
        var shown = int.Parse(await cell.InnerTextAsync(), CultureInfo.InvariantCulture);
        await cell.ClickAsync();
        await Expect(visit.Page.Locator(".cell:visible li svg")).ToHaveCountAsync(shown);
    }

    [Fact]
    public async Task Runs_TwoTicked_AreLaidOverEachOtherWithWhatDiffers()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 8);
        Job[] runs = [await Seed.DenseAsync(site.Address, data, epochs: 3), await Seed.DenseAsync(site.Address, data, epochs: 5)];
        await using var visit = await Visit.ToAsync(site, "/runs");

        foreach (var run in runs) await visit.Page.GetByLabel($"Compare run {run.Id}", new() { Exact = true }).CheckAsync();

        var side = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Side by side" });
        var accuracy =
            side.Locator("figure", new() { Has = visit.Page.GetByRole(AriaRole.Heading, new() { Name = "accuracy", Exact = true }) });
        await Expect(accuracy.Locator(".legend li")).ToHaveTextAsync([$"run {runs[1].Id}", $"run {runs[0].Id}"]);
        await Expect(accuracy.GetByRole(AriaRole.Img).First)
            .ToHaveAttributeAsync("aria-label", new Regex($"run {runs[1].Id}: .* in 5 points; run {runs[0].Id}: .* in 3 points"));
        foreach (var series in (int[])[1, 2])
            await Expect(accuracy.Locator($"svg path:is([style*='--series-{series}'], [stroke*='--series-{series}'])").First)
                .ToBeAttachedAsync();
        await Expect(side.GetByRole(AriaRole.Row, new() { Name = "phases[0].epochs 5 3", Exact = true })).ToBeVisibleAsync();
        var scores = runs.Reverse().Select(run => run.Result!.Scores!["accuracy"].ToString("0.000", CultureInfo.InvariantCulture));
        await Expect(side.GetByRole(AriaRole.Row, new() { Name = $"accuracy {string.Join(' ', scores)}", Exact = true }))
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task Runs_MoreThanAPage_AreShownWhenAskedFor()
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:Worker:Enabled=false", "CaptionTL:Serving:WarmUp=false");
        await service.StartAsync();
        var data = await Seed.ShapesAsync(service.Address, images: 10);
        for (var i = 0; i < 103; i++) await Seed.StartAsync(service.Address, new { kind = "train", data, plan = "caption" });
        await using var visit = await Visit.ToAsync(site, "/runs", address: service.Address);
        var rows = visit.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(100);
        await Expect(visit.Page.GetByText("100 of 103 runs")).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync();

        await Expect(rows).ToHaveCountAsync(103);
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show more" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Samples_OfARunOfClasses_AreOfTheSameImagesInEveryEpoch()
    {
        var run = await Seed.DenseAsync(site.Address, await Seed.InsectsAsync(site.Address, each: 12), epochs: 3);
        foreach (var path in (string[])[$"/runs/{run.Id}", $"/jobs/{run.Id}"])
        {
            await using var visit = await Visit.ToAsync(site, path);
            var images = visit.Page.GetByRole(AriaRole.Region, new() { Name = "What it says of the same images" })
                .GetByRole(AriaRole.Article);
            await Expect(images.First.Locator("img")).ToBeVisibleAsync();
            await Expect(images.Locator("dl")).ToHaveCountAsync(await images.CountAsync());

            await images.First.GetByText("After each epoch").ClickAsync();
            await Expect(images.First.Locator("dt")).ToHaveTextAsync([new Regex("-001$"), new Regex("-002$"), new Regex("-003$")]);
            await Expect(images.First.Locator("dd").First).ToHaveTextAsync(new Regex(@"^(ants|bees) \(\d+ %\)$"));
        }
    }

    [Fact]
    public async Task Race_OfTwoPlans_ShowsHowTheyDidAndWhatMoreImagesBring()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 20);
        var race = await Seed.RaceAsync(site.Address, data);

        foreach (var path in (string[])[$"/runs/{race.Id}", $"/jobs/{race.Id}"])
        {
            await using var visit = await Visit.ToAsync(site, path);
            await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "features+knn 100 %" })).ToBeVisibleAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "features+logistic 50 %" })).ToBeVisibleAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Img, new() { Name = "Would more images help?" })).ToBeVisibleAsync();
            if (path.StartsWith("/runs/", StringComparison.Ordinal))
                await Expect(visit.Page.GetByLabel("Plan of the race")).ToHaveValueAsync(race.Result!.Recommended!);
        }
    }

    [Fact]
    public async Task Samples_OfARunOfCaptions_StandBesideTheirScores()
    {
        var run = await Seed.CaptionsAsync(site.Address, await Seed.ShapesAsync(site.Address, images: 40));
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");

        var first = visit.Page.GetByRole(AriaRole.Region, new() { Name = "What it says of the same images" })
            .GetByRole(AriaRole.Article).First;

        await Expect(first).ToContainTextAsync(new Regex(@"CIDEr-D \d\.\d\d"));
        await Expect(first).ToContainTextAsync("People wrote: ");
        await Expect(first.Locator("img")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task ModelCardAndCache_OfATrainedModel_AreShown()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 8);
        var run = await Seed.TrainAsync(site.Address, data, promote: true);
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");

        var card = await visit.Page.RunAndWaitForPopupAsync(() => visit.Page.GetByRole(AriaRole.Link, new() { Name = "Model card" })
            .ClickAsync());
        await Expect(card.GetByText($"# {data}")).ToBeVisibleAsync();
        await visit.Page.GotoAsync("/system");
        await Expect(visit.Page.GetByRole(AriaRole.Table, new() { Name = "Embeddings by network" }))
            .ToContainTextAsync("tf_efficientnet_lite0");
    }

    [Fact]
    public async Task Snippets_PastedBesideAPhoto_TellItsClass()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 8);
        await Seed.TrainAsync(site.Address, data, promote: true);
        var run = await Seed.TrainAsync(site.Address, data, promote: false);
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");

        var (name, version) = await AnswersAlikeAsync(visit.Page, "class", Insects.Photos("train", "bees", 1)[0]);

        name.ShouldBeOneOf("ants", "bees");
        version.ShouldBe(2); // the run's own, though version 1 is in use
    }

    [Fact]
    public async Task Snippets_OfACaptionerWhereKeysAreOn_WriteItsCaptionWithTheKey()
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:Security:RequireKeys=true", "CaptionTL:Serving:WarmUp=false");
        var keys = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = service.Data }, new StorageOptions());
        var (key, _) = await keys.CreateAsync("anna", [ApiScope.Caption, ApiScope.Train]);
        await service.StartAsync();
        var run = await Seed.CaptionsAsync(service.Address, await Seed.ShapesAsync(service.Address, images: 40, key), key);
        var profile = await site.NewProfileAsync(address: service.Address);
        var page = await profile.NewPageAsync();
        await page.GotoAsync($"/runs/{run.Id}");
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.Locator("pre[aria-label='curl']")).ToBeVisibleAsync();

        var (caption, version) = await AnswersAlikeAsync(page, "caption", Path.Combine(Repository.Samples, "rocket.jpg"), key);

        caption.ShouldNotBeEmpty();
        version.ShouldBe(1);
        await profile.CloseAsync();
    }

    /// <summary>Runs all three snippets beside a photo; they must say the same.</summary>
    /// <param name="field">What an answer calls it: "class", "caption".</param>
    private static async Task<(string Said, int Version)> AnswersAlikeAsync(IPage page, string field, string photo, string? key = null)
    {
        using var folder = new TemporaryFolder();
        File.Copy(photo, folder.File("photo.jpg"));
        var answer = JsonDocument.Parse(await RunAsync(folder, key, "bash", "-c", await TextAsync(page, "curl"))).RootElement;
        var said = answer.GetProperty("results")[0].GetProperty(field).GetString()!;
        (await RunAsync(folder, key, "python3", "-c", await TextAsync(page, "Python"))).Trim().ShouldBe(said);
        await File.WriteAllTextAsync(folder.File("Program.cs"), await TextAsync(page, "C#"));
        await File.WriteAllTextAsync(folder.File("snippet.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
              <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>
              <UseSharedCompilation>false</UseSharedCompilation>
            </PropertyGroup></Project>
            """);
        (await RunAsync(folder, key, WebService.Dotnet, "run")).Trim().ShouldBe(said);
        return (said, answer.GetProperty("model").GetProperty("version").GetInt32());
    }

    private static async Task<string> TextAsync(IPage page, string language) => await page.Locator($"pre[aria-label='{language}'] code")
        .TextContentAsync() ?? "";

    private static async Task<string> RunAsync(TemporaryFolder folder, string? key, string program, params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.Path, RedirectStandardOutput = true,
            RedirectStandardError = true, Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["CAPTIONTL_KEY"] = key } })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{await output}\n{await error}");
        return await output;
    }
}
