using System.IO.Compression;
using System.Text.Json;
using CaptionTL.Datasets.Shapes;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>The kinds of job that ask a model, with the installed captioner.</summary>
[Collection("jobs")]
public sealed class CaptionerJobTests
{
    private const int Images = 10;

    [Fact]
    public async Task EvaluateAndCaption_WithACaptioner_ScoreAndDescribeEveryImage()
    {
        using var folder = JobsService.Folder();
        var drawn = folder.File("drawn");
        ShapeDataset.Write(drawn, new ShapeDatasetOptions { Images = Images, Side = 64 });
        ZipFile.CreateFromDirectory(drawn, folder.File("drawn.zip"));
        var (service, jobs) = await JobsService.StartAsync(folder.File("data"));
        await using var _ = service;
        using (var form = TestForm.Zip("drawn",
            await File.ReadAllBytesAsync(folder.File("drawn.zip"), TestContext.Current.CancellationToken)))
            (await jobs.Http.PostAsync("/api/v1/datasets", form, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
                System.Net.HttpStatusCode.Created);

        // Captions of any beam are scored against all the sentences of each image.
        var evaluated =
            await jobs.WaitAsync(
            (await jobs.AddAsync(new { kind = "evaluate", data = "drawn", model = "flickr8k-lite0", split = "all", beam = 2 })).Id,
            JobState.Succeeded);
        evaluated.Model.ShouldBe("flickr8k-lite0@1");
        (evaluated.Result!.Task, evaluated.Result.Split, evaluated.Result.Images, evaluated.Result.Skipped)
            .ShouldBe(("caption", "all", Images, 0));
        evaluated.Result.Scores![evaluated.Result.MainScore!].ShouldBeGreaterThanOrEqualTo(0);
        evaluated.Result.Scores.Count.ShouldBeGreaterThan(4);

        // Two captions of each image, those that the library gives, with the model that is the default.
        var captioned = await jobs.WaitAsync((await jobs.AddAsync(new { kind = "caption", data = "drawn", best = 2 })).Id,
            JobState.Succeeded);
        (captioned.Result!.Task, captioned.Result.Images, captioned.Result.Skipped).ShouldBe(("caption", Images, 0));
        var answers = (await jobs.Http.GetStringAsync($"/api/v1/jobs/{captioned.Id}/answers", TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonSerializer.Deserialize<ImageAnswer>(l, JobsService.Json)!).ToDictionary(a => Path.GetFileName(a.Id));
        answers.Count.ShouldBe(Images);
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var image = Directory.EnumerateFiles(drawn, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var expected = captioner.Describe(await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken),
            captioner.Manifest.Decoding! with { NBest = 2 });
        answers.Values.ShouldAllBe(a => !string.IsNullOrEmpty(a.Caption) && a.Problem == null);
        answers.Values.Select(a => a.Caption).ShouldContain(expected.Text);
    }
}
