using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Jobs;

[Collection("jobs")]
public sealed class JobKindTests
{
    [Fact]
    public async Task Job_OfEveryKind_DoesItsWork()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync();

        // train: a published model that answers
        var train = await jobs.AddAsync(new { kind = "train", data = "toy", plan = "features+logistic", set = (string[])["head.c=1"] });
        var events = await FollowAsync(jobs, train.Id);
        var trained = await jobs.WaitAsync(train.Id, JobState.Succeeded);
        trained.Data.ShouldStartWith("toy@");
        trained.PlanName.ShouldBe("features+logistic");
        trained.Attempts.ShouldBe(1);
        trained.Result!.Model.ShouldBe("toy");
        trained.Result.Version.ShouldBe(1);
        trained.Result.Scores![trained.Result.MainScore!].ShouldBeGreaterThan(0.8);
        events[0].State.ShouldBeOneOf(JobState.Queued, JobState.Running);
        events[^1].State.ShouldBe(JobState.Succeeded);
        events.ShouldContain(e => e.Progress != null && e.Progress.Unit == "images");
        var model = (await jobs.ModelsAsync()).Single(m => m.Name == "toy");
        model.InUse.ShouldBe(1);
        model.Default.ShouldBeTrue();
        model.Versions.Single().Run.ShouldBe(train.Id);
        (await jobs.Http.GetStringAsync("/api/v1/models/toy/versions/1/card")).ShouldStartWith("# toy");
        var cached = (await jobs.Http.GetFromJsonAsync<CacheContents>("/api/v1/cache"))!;
        cached.Networks.ShouldHaveSingleItem().Network.ShouldBe("tf_efficientnet_lite0");
        cached.Bytes.ShouldBe(cached.Networks[0].Bytes);
        cached.Bytes.ShouldBeGreaterThan(0);
        var bundle = Path.Combine(folder.Path, "downloaded.captiontl");
        await File.WriteAllBytesAsync(bundle, await jobs.Http.GetByteArrayAsync("/api/v1/models/toy/versions/1/bundle"));
        using (var classifier = Classifier.Load(bundle))
        {
            classifier.Classify(JobImages.Bitmap(left: true, 999)).Best.Name.ShouldBe("left");
            classifier.Classify(JobImages.Bitmap(left: false, 998)).Best.Name.ShouldBe("right");
        }
        (await jobs.Http.GetStringAsync($"/api/v1/runs/{train.Id}/report")).ShouldContain("<html");
        (await jobs.GetAsync<RunPage>("/api/v1/runs")).Runs.Single().Version.ShouldBe(1);
        await ConfusionIsThatOfTheImagesAsync(jobs, train.Id, trained.Result.Scores["accuracy"]);

        // quote: what the same would cost now, without a job
        var quote = await (await jobs.Http.PostAsJsonAsync("/api/v1/jobs/quote", new { kind = "train", data = "toy",
            plan = "features+dense", set = (string[])["phases[0].epochs=3"] })).ReadAsync<Training.CostQuote>();
        (quote.TrainImages + quote.DevImages).ShouldBeLessThanOrEqualTo(30);
        quote.Phases.Single().Epochs.ShouldBe(3);
        quote.Embeddings.Single().SecondsEach.ShouldBeGreaterThan(0); // features+dense wants more views than there are
        (await (await jobs.Http.PostAsJsonAsync("/api/v1/jobs/quote", new { kind = "race", data = "toy" }))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
        (await jobs.GetAsync<JobPage>("/api/v1/jobs")).Total.ShouldBe(1);

        // evaluate: the dev images of the model's own run
        var evaluate = await jobs.AddAsync(new { kind = "evaluate", data = "toy", model = "toy" });
        evaluate.Model.ShouldBe("toy@1");
        var evaluated = await jobs.WaitAsync(evaluate.Id, JobState.Succeeded);
        evaluated.Result!.Split.ShouldBe("dev");
        evaluated.Result.Scores!["accuracy"].ShouldBe(trained.Result.Scores["accuracy"], 1e-9);

        // caption, with a model that sorts: an answer for each image
        var caption = await jobs.AddAsync(new { kind = "caption", data = "toy", model = "toy", best = 2 });
        var captioned = await jobs.WaitAsync(caption.Id, JobState.Succeeded);
        captioned.Result!.Images.ShouldBe(30);
        var answers = (await jobs.Http.GetStringAsync($"/api/v1/jobs/{caption.Id}/answers"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonSerializer.Deserialize<ImageAnswer>(l, JobsService.Json)!).ToList();
        answers.Count.ShouldBe(30);
        answers.Count(a => a.Class == "left").ShouldBeInRange(13, 17);
        answers.ShouldAllBe(a => a.Classes!.Count == 2);

        // embed: all of it is in the cache by now
        var embedded = await jobs.WaitAsync((await jobs.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic" })).Id,
            JobState.Succeeded);
        embedded.Result!.Images.ShouldBe(30);
        embedded.Result.Computed.ShouldBe(0);

        // race: the recommended model becomes version 2, which waits to be promoted
        var raced = await jobs.WaitAsync(
            (await jobs.AddAsync(new { kind = "race", data = "toy", plans = (string[])["features+logistic", "features+knn"] })).Id,
            JobState.Succeeded);
        raced.Result!.Race!.Select(r => r.Plan).ShouldBe(["features+logistic", "features+knn"]);
        raced.Result.Recommended.ShouldNotBeNull();
        raced.Result.Version.ShouldBe(2);
        (await jobs.GetAsync<Run>($"/api/v1/runs/{raced.Id}")).Parts.ShouldBe(["features+logistic", "features+knn"], ignoreOrder: true);
        (await jobs.GetAsync<Model>("/api/v1/models/toy")).InUse.ShouldBe(1);

        // again, with a change, and all of it listed
        var again = await jobs.PostAsync(train.Id, "again", new { set = (string[])["head.c=0.5"], promote = true });
        again.Again.ShouldBe(train.Id);
        again.Plan!.Value.GetProperty("head").GetProperty("c").GetDouble().ShouldBe(0.5);
        (await jobs.WaitAsync(again.Id, JobState.Succeeded)).Result!.Version.ShouldBe(3);
        (await jobs.GetAsync<Model>("/api/v1/models/toy")).InUse.ShouldBe(3);
        var page = await jobs.GetAsync<JobPage>("/api/v1/jobs?state=succeeded&kind=train&limit=1");
        page.Total.ShouldBe(2);
        page.Jobs.Single().Id.ShouldBe(again.Id);

        // a job that is over can be removed; its model stays
        using var deleted = await jobs.Http.DeleteAsync($"/api/v1/jobs/{train.Id}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Count.ShouldBe(3);
        Directory.Exists(Path.Combine(folder.Path, "runs", $"{train.Id}")).ShouldBeFalse();
    }

    [Fact]
    public async Task Job_WhoseDataCannotBeUsed_FailsWithoutBeingTriedAgain()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync(imagesPerClass: 1);
        var job = await jobs.AddAsync(new { kind = "train", data = "toy", plan = "features+logistic" });

        var failed = await jobs.WaitAsync(job.Id, JobState.Failed);

        failed.Problem!.Code.ShouldBe("input");
        failed.Problem.Message.ShouldNotContain(folder.Path);
        failed.Attempts.ShouldBe(1);
        (await jobs.ModelsAsync()).ShouldNotContain(m => m.Name == "toy");
    }

    private static async Task ConfusionIsThatOfTheImagesAsync(JobsService jobs, long run, double accuracy)
    {
        var matrix = await jobs.GetAsync<RunConfusion>($"/api/v1/runs/{run}/confusion");
        matrix.Classes.ShouldBe(["left", "right"]);
        var all = matrix.Counts.Sum(row => row.Sum());
        ((matrix.Counts[0][0] + matrix.Counts[1][1]) / (double)all).ShouldBe(accuracy, 1e-9);
        var seen = new HashSet<string>();
        foreach (var (i, truth) in matrix.Classes.Index())
        foreach (var (j, predicted) in matrix.Classes.Index())
        {
            var cell = await jobs.GetAsync<ConfusedImages>($"/api/v1/runs/{run}/confusion/images?truth={truth}&predicted={predicted}");
            (cell.Total, cell.Images.Count).ShouldBe((matrix.Counts[i][j], matrix.Counts[i][j]));
            cell.Images.ShouldAllBe(p => p.Truth == truth && p.Predicted == predicted && p.Probability >= .5);
            cell.Images.ShouldBeInOrder(SortDirection.Descending,
                Comparer<JobSample>.Create((a, b) => a.Probability!.Value.CompareTo(b.Probability!.Value)));
            seen.UnionWith(cell.Images.Select(p => p.Id));
        }
        seen.Count.ShouldBe(all);
        var first = await jobs.GetAsync<ConfusedImages>(
            $"/api/v1/runs/{run}/confusion/images?truth=left&predicted=left&offset=1&limit=1");
        (first.Total, first.Offset, first.Images.Count).ShouldBe((matrix.Counts[0][0], 1, 1));
        (await (await jobs.Http.GetAsync($"/api/v1/runs/{run}/confusion/images?truth=left&predicted=up"))
            .ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        (await (await jobs.Http.GetAsync($"/api/v1/runs/{run}/confusion/images?truth=left&predicted=left&limit=0"))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
    }

    private static async Task<List<Job>> FollowAsync(JobsService jobs, long id)
    {
        var seen = new List<Job>();
        await using var stream = await jobs.Http.GetStreamAsync($"/api/v1/jobs/{id}/progress");
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream, (type, bytes) =>
            (type, Job: JsonSerializer.Deserialize<Job>(bytes, JobsService.Json)!)).EnumerateAsync())
        {
            item.EventType.ShouldBe("job");
            seen.Add(item.Data.Job);
        }
        return seen;
    }
}
