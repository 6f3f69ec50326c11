using System.Net;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Similar;

[Collection("jobs")]
public sealed class SimilarTests
{
    private const string Path = "/api/v1/similar";

    [Fact]
    public async Task Similar_ToATrainingImage_IsThatImageAsTheModelLearnedIt()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync();
        var job = await jobs.AddAsync(new { kind = "train", data = "toy", plan = "features+logistic", set = (string[])["head.c=1"] });
        var trained = await jobs.WaitAsync(job.Id, JobState.Succeeded);

        var found = await AskAsync(jobs, JobImages.Bitmap(left: true, 7));
        found.Model.ShouldBe(new ModelUsed("toy", 1));
        found.Data.ShouldBe(trained.Data);
        found.Compared.ShouldBeLessThan(30); // some are dev and test images
        found.Images.Count.ShouldBe(4);
        found.Images.Select(p => p.Similarity).ShouldBeInOrder(SortDirection.Descending);
        var first = found.Images[0];
        var same = await AskAsync(jobs, await jobs.Http.GetByteArrayAsync($"/api/v1/datasets/toy/images/{first.Id}"));
        same.Images[0].Id.ShouldBe(first.Id);
        same.Images[0].Similarity.ShouldBe(1, 1e-3);

        first.Label.ShouldBe("left");

        // What was learned stays what it was; an image that is gone is not shown.
        (await jobs.Http.PatchAsync($"/api/v1/datasets/toy/images/{first.Id}", new StringContent("""{"label":"right"}""",
            System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        (await AskAsync(jobs, JobImages.Bitmap(left: true, 7))).Images[0].Label.ShouldBe("left");
        (await jobs.Http.DeleteAsync($"/api/v1/datasets/toy/images/{first.Id}")).EnsureSuccessStatusCode();
        (await AskAsync(jobs, JobImages.Bitmap(left: true, 7))).Images.ShouldNotContain(p => p.Id == first.Id);
        (await jobs.Http.DeleteAsync("/api/v1/datasets/toy")).EnsureSuccessStatusCode();
        (await (await PostAsync(jobs.Http, "toy", JobImages.Bitmap(left: true, 7))).ProblemAsync(HttpStatusCode.NotFound))
            .ShouldBe("training_images_absent");
    }

    [Fact]
    public async Task Similar_OfTheInstalledModelOrABadQuestion_SaysWhyNot()
    {
        await using var service = await TestService.StartAsync(settings: "CaptionTL:Worker:Enabled=false");

        (await (await service.Http.PostAsync(Path, Samples.Form(("a.png", Samples.Bytes("coffee.png")))))
            .ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("training_images_absent");
        (await (await service.Http.PostAsync(Path, Samples.Form(("a.png", Samples.Bytes("coffee.png")),
            ("b.png", Samples.Bytes("coffee.png"))))).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
        (await (await service.Http.PostAsync($"{Path}?count=0", Samples.Form(("a.png", Samples.Bytes("coffee.png")))))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
        (await (await service.Http.PostAsync($"{Path}?model=nobody", Samples.Form(("a.png", Samples.Bytes("coffee.png")))))
            .ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
    }

    private static async Task<SimilarImages> AskAsync(JobsService jobs, byte[] image) =>
        await (await PostAsync(jobs.Http, "toy", image)).ReadAsync<SimilarImages>();

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string model, byte[] image) =>
        http.PostAsync($"{Path}?model={model}&count=4", Samples.Form(("a.bmp", image)));
}
