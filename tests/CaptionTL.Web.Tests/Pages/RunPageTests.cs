using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using CaptionTL.Tests;

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

        await page.GetByRole(AriaRole.Button, new() { Name = "Use this version" }).ClickAsync();
        await Expect(state).ToContainTextAsync($"Version 2 of {name} answers now.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();
        await Expect(state).ToContainTextAsync($"Version 2 of {name} is not in use; version 1 is.");

        var exported = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "ONNX" }).ClickAsync(), new() { Timeout = 120_000 });
        using var zip = new ZipArchive(File.OpenRead(await exported.PathAsync()));
        zip.Entries.Select(e => e.Name).Order(StringComparer.Ordinal).ShouldBe(["README.md", "labels.txt", "model.onnx"]);
    }

    [Fact]
    public async Task Race_OfTwoPlans_ShowsHowTheyDidAndWhatMorePicturesBring()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 20);
        var race = await Seed.RaceAsync(site.Address, data);

        foreach (var path in (string[])[$"/runs/{race.Id}", $"/jobs/{race.Id}"])
        {
            await using var visit = await Visit.ToAsync(site, path);
            await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "features+knn 100 %" })).ToBeVisibleAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "features+logistic 50 %" })).ToBeVisibleAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Img, new() { Name = "Would more pictures help?" })).ToBeVisibleAsync();
            if (path.StartsWith("/runs/", StringComparison.Ordinal)) await Expect(visit.Page.GetByLabel("Plan of the race")).ToHaveValueAsync(race.Result!.Recommended!);
        }
    }

    [Fact]
    public async Task Samples_OfARunOfCaptions_StandBesideTheirScores()
    {
        var run = await Seed.CaptionsAsync(site.Address, await Seed.ShapesAsync(site.Address, pictures: 40));
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");

        var first = visit.Page.GetByRole(AriaRole.Region, new() { Name = "What it says of the same pictures" }).GetByRole(AriaRole.Article).First;

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

        var card = await visit.Page.RunAndWaitForPopupAsync(() => visit.Page.GetByRole(AriaRole.Link, new() { Name = "Model card" }).ClickAsync());
        await Expect(card.GetByText($"# {data}")).ToBeVisibleAsync();
        await visit.Page.GotoAsync("/system");
        await Expect(visit.Page.GetByRole(AriaRole.Table, new() { Name = "Embeddings by network" })).ToContainTextAsync("tf_efficientnet_lite0");
    }

    [Fact]
    public async Task Snippets_PastedBesideAPhoto_TellItsClass()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 8);
        var run = await Seed.TrainAsync(site.Address, data, promote: true);
        await using var visit = await Visit.ToAsync(site, $"/runs/{run.Id}");
        using var folder = new TemporaryFolder();
        File.Copy(Insects.Photos("train", "bees", 1)[0], folder.File("photo.jpg"));

        var answer = JsonDocument.Parse(await RunAsync(folder, "bash", "-c", await TextAsync(visit.Page, "curl")));
        var name = answer.RootElement.GetProperty("results")[0].GetProperty("class").GetString()!;
        name.ShouldBeOneOf("ants", "bees");
        (await RunAsync(folder, "python3", "-c", await TextAsync(visit.Page, "Python"))).Trim().ShouldBe(name);
        await File.WriteAllTextAsync(folder.File("Program.cs"), await TextAsync(visit.Page, "C#"));
        await File.WriteAllTextAsync(folder.File("snippet.csproj"), """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><UseSharedCompilation>false</UseSharedCompilation></PropertyGroup></Project>""");
        (await RunAsync(folder, WebService.Dotnet, "run")).ShouldContain($"\"class\":\"{name}\"");
    }

    private static async Task<string> TextAsync(IPage page, string language) => await page.Locator($"pre[aria-label='{language}'] code").TextContentAsync() ?? "";

    private static async Task<string> RunAsync(TemporaryFolder folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" } })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{await output}\n{await error}");
        return await output;
    }
}
