using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Tests.Jobs;

[Collection("jobs")]
public sealed class JobControlTests
{
    [Fact]
    public async Task Job_PausedAndResumed_GoesOnWhereItWas()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync();
        var id = (await jobs.AddAsync(JobsService.LongTraining)).Id;
        await jobs.WaitAsync(id, j => j.Progress?.Unit == "steps" && j.Progress.Done > 20);

        (await jobs.PostAsync(id, "pause")).State.ShouldBe(JobState.Pausing);
        var paused = await jobs.WaitAsync(id, JobState.Paused);
        JobProcesses.Of(folder.Path, id).ShouldBeEmpty();
        var before = await MetricsAsync(jobs, id);
        (await jobs.PostAsync(id, "resume")).State.ShouldBe(JobState.Queued);
        var going = await jobs.WaitAsync(id, j => j.Attempts == 2 && j.Progress?.Unit == "steps");

        going.Progress!.Done.ShouldBeGreaterThanOrEqualTo(20);
        (await MetricsAsync(jobs, id)).Take(before.Count).ShouldBe(before);
        var done = await jobs.WaitAsync(id, JobState.Succeeded);
        done.Losses.ShouldBe(0);
        paused.Finished.ShouldBeNull();
    }

    [Fact]
    public async Task Job_Cancelled_IsGoneAlthoughItHearsNothing_KeepsItsCheckpoint_AndCanBeTakenUp()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        await jobs.UploadAsync();
        var id = (await jobs.AddAsync(JobsService.LongTraining)).Id;
        await jobs.WaitAsync(id, j => j.Progress?.Unit == "steps" && j.Progress.Done > 20);
        var process = JobProcesses.Of(folder.Path, id).Single();
        // One that does not even listen any more is gone in time, too.
        JobProcesses.Signal(process, "STOP");

        var clock = Stopwatch.StartNew();
        (await jobs.PostAsync(id, "cancel")).State.ShouldBe(JobState.Cancelling);
        await jobs.WaitAsync(id, JobState.Cancelled);
        // Five seconds are promised, with what a machine needs that is busy with other things.
        var limits = service.Get<IOptions<WorkerOptions>>().Value;
        limits.CancelSeconds.ShouldBeLessThan(5);
        clock.Elapsed.TotalSeconds.ShouldBeInRange(limits.CancelSeconds, limits.CancelSeconds + 15);
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(folder.Path, "runs"), "last.safetensors", SearchOption.AllDirectories).ShouldNotBeEmpty();
        (await jobs.ModelsAsync()).ShouldNotContain(m => m.Name == "toy");
        var first = (await MetricsAsync(jobs, id))[0];

        await jobs.PostAsync(id, "resume");
        await jobs.WaitAsync(id, j => j.Attempts == 2 && j.Progress?.Unit == "steps");
        // A training that began again would have written its lines anew.
        (await MetricsAsync(jobs, id))[0].ShouldBe(first);
        process = JobProcesses.Of(folder.Path, id).Single();
        // One that listens ends by itself.
        await jobs.PostAsync(id, "cancel");
        await jobs.WaitAsync(id, JobState.Cancelled);
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
    }

    [Fact]
    public async Task Jobs_ThatWait_RunByPriorityThenInOrder()
    {
        using var folder = JobsService.Folder();
        var (idle, accepting) = await JobsService.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        var ids = new List<long>();
        await using (idle)
        {
            await accepting.UploadAsync(imagesPerClass: 4);
            foreach (var priority in (int[])[0, 5, 0, -5, 5])
                ids.Add((await accepting.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic", priority })).Id);
        }
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;

        foreach (var id in ids) await jobs.WaitAsync(id, JobState.Succeeded);

        var started = (await jobs.GetAsync<JobPage>("/api/v1/jobs")).Jobs.OrderBy(j => j.Started).Select(j => j.Id);
        started.ShouldBe([ids[1], ids[4], ids[0], ids[2], ids[3]]);
    }

    [Fact]
    public async Task Job_ThatWaits_CanBePausedResumedAndCancelled_ButNotDeleted()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        await using var _ = service;
        await jobs.UploadAsync(imagesPerClass: 2);
        var id = (await jobs.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic" })).Id;

        using (var active = await jobs.Http.DeleteAsync($"/api/v1/jobs/{id}")) active.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await jobs.PostAsync(id, "pause")).State.ShouldBe(JobState.Paused);
        using (var again = await jobs.Http.PostAsync($"/api/v1/jobs/{id}/pause", null)) again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await jobs.PostAsync(id, "resume")).State.ShouldBe(JobState.Queued);
        (await jobs.PostAsync(id, "cancel")).State.ShouldBe(JobState.Cancelled);
        using (var over = await jobs.Http.PostAsync($"/api/v1/jobs/{id}/cancel", null)) over.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using (var gone = await jobs.Http.DeleteAsync($"/api/v1/jobs/{id}")) gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using (var missing = await jobs.Http.GetAsync($"/api/v1/jobs/{id}")) missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<List<string>> MetricsAsync(JobsService jobs, long id) =>
        [.. (await jobs.GetAsync<RunMetrics>($"/api/v1/jobs/{id}/metrics")).Lines.Select(l => l.GetRawText())];
}
