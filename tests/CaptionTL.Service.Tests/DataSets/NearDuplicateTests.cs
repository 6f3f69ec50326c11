using System.Net;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.DataSets;

public sealed class NearDuplicateTests
{
    private const string Set = "/api/v1/datasets/photos";

    [Fact]
    public async Task Search_FindsAImageSavedAgain()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CAPTIONTL_MODELS") is { Length: > 0 }, "CAPTIONTL_MODELS names no folder "
            + "of pretrained weights");
        using var folder = new TemporaryFolder();
        await using var service = await TestService.StartAsync(folder.Path, $"CaptionTL:Embeddings={folder.File("embeddings")}");
        await service.Http.PostAsync("/api/v1/datasets", TestForm.Of(
            ("name", "photos", null), ("class", "a", null), ("file", Sample("chelsea.png"), "one.jpg"),
                ("file", Sample("coffee.png"), "two.jpg"),
            ("class", "b", null), ("file", Again(Sample("chelsea.png")), "one-again.jpg")));
        (await (await service.Http.GetAsync($"{Set}/near-duplicates")).ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");

        var search = await (await service.Http.PostAsync($"{Set}/near-duplicates", null))
            .ReadAsync<NearDuplicateSearch>(HttpStatusCode.Accepted);
        for (var i = 0; i < 6000 && search.State == "running"; i++)
        {
            await Task.Delay(20);
            search = await service.Http.GetAsync<NearDuplicateSearch>($"{Set}/near-duplicates");
        }

        search.State.ShouldBe("done", search.Problem);
        search.Groups!.Single().Images.Select(p => p.Name).ShouldBe(["one.jpg", "one-again.jpg"]);
        search.AcrossClasses.ShouldBe(1);
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "datasets", "samples", name));

    private static byte[] Again(byte[] image) => JpegWriter.Write(ImageDecoder.Decode(image), quality: 60);

    [Fact]
    public async Task Search_OfNothingDescribed_SaysSo()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync("/api/v1/datasets",
            TestForm.Of(("name", "photos", null), ("kind", "classes", null), ("file", TestImages.Jpeg(1), "one.jpg")));

        await service.Http.PostAsync($"{Set}/near-duplicates", null);
        var search = await service.Http.GetAsync<NearDuplicateSearch>($"{Set}/near-duplicates");
        for (var i = 0; i < 1000 && search.State == "running"; i++)
        {
            await Task.Delay(20);
            search = await service.Http.GetAsync<NearDuplicateSearch>($"{Set}/near-duplicates");
        }

        search.State.ShouldBe("failed");
        search.Problem.ShouldNotBeNull().ShouldNotContain("/");
    }
}
