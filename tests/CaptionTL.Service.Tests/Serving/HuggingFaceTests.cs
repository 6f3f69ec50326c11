using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Serving;

/// <summary>Hugging Face's image classification on a classifier that the service has trained.</summary>
[Collection("jobs")]
public sealed class HuggingFaceTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImageClassification_OnATrainedModel_HasTheirShapeAndOurAnswer()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync();
        await jobs.WaitAsync((await jobs.AddAsync(new { kind = "train", data = "toy", plan = "features+logistic" })).Id,
            JobState.Succeeded);
        using var image = new ByteArrayContent(JobImages.Bitmap(left: true, 999));
        using var again = new ByteArrayContent(JobImages.Bitmap(left: true, 999));

        var ours = (await (await service.Http.PostAsync("/api/v1/classify", again, Cancellation))
            .ReadAsync<ClassAnswer>()).Results[0].Classes!;
        var theirs = await (await service.Http.PostAsync("/hf/image-classification", image, Cancellation)).ReadAsync<JsonElement>();
        var one = await (await service.Http.PostAsJsonAsync("/hf/image-classification",
            new { inputs = JobImages.Bitmap(left: false, 998), parameters = new { top_k = 1 } }, Cancellation)).ReadAsync<JsonElement>();

        ours.Select(c => c.Name).ShouldBe(["left", "right"]);
        using var unsure = new ByteArrayContent(JobImages.Bitmap(left: true, 999));
        var unknown = (await (await service.Http.PostAsync("/api/v1/classify?threshold=1&topK=1", unsure, Cancellation))
            .ReadAsync<JsonElement>()).GetProperty("results")[0];
        unknown.TryGetProperty("class", out var _).ShouldBeFalse();
        unknown.GetProperty("classes").GetArrayLength().ShouldBe(1);
        theirs.EnumerateArray().Select(c => (c.GetProperty("label").GetString(), c.GetProperty("score").GetDouble()))
            .ShouldBe(ours.Select(c => ((string?)c.Name, c.Probability)));
        theirs.EnumerateArray().ShouldAllBe(c => c.EnumerateObject().Count() == 2);
        one.EnumerateArray().Single().GetProperty("label").GetString().ShouldBe("right");
    }
}
