using System.Diagnostics;
using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>
/// Services killed, told to end or stopped while they train: the next one goes on, and what comes back too late changes nothing.
/// </summary>
[Collection("jobs")]
public sealed class ServiceLossTests
{
    [Fact]
    public async Task Training_WhoseServiceIsKilledTwentyTimes_PublishesOneModelEqualToAnUndisturbedOne()
    {
        // So long that a lease never runs out here: the next service knows that the one before is dead.
        string[] settings = [Disturbance.Retries, "CaptionTL:Worker:LeaseSeconds=3600"];
        using var folder = JobsService.Folder();
        Disturbance? disturbance = null;
        for (var kills = 0; kills < Disturbance.Times; kills++)
        {
            using var service = await ServiceProcess.StartAsync(folder.Path, settings);
            disturbance ??= await Disturbance.BeginAsync(service.Jobs, seed: 8);
            var child = await disturbance.NextMomentAsync();
            service.Kill();
            await EndedAsync(child); // a job's process does not outlive its parent
        }
        using var last = await ServiceProcess.StartAsync(folder.Path, settings);

        await disturbance!.ShouldEndAsUndisturbedAsync(last.Jobs);
        Directory.EnumerateFiles(Path.Combine(folder.Path, "workers")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Service_ToldToEnd_AnswersWhatItHasInHand_ChecksItsJobIn_AndTheNextOneGoesOn()
    {
        using var folder = JobsService.Folder();
        var right = SlowQuestions.Answers();
        long id;
        using (var first = await ServiceProcess.StartAsync(folder.Path,
            [.. SlowQuestions.Settings, $"CaptionTL:Serving:MaxRequests={right.Count}"]))
        {
            await first.Jobs.UploadAsync();
            id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
            await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");
            var answers = SlowQuestions.Ask(first.Jobs.Http);
            await SlowQuestions.FullAsync(first.Jobs.Http);

            var clock = Stopwatch.StartNew();
            var ended = first.TerminateAsync();
            await SlowQuestions.RefusedAsync(first.Jobs.Http.BaseAddress!);

            (await Task.WhenAll(answers)).ShouldBe(right);
            (await ended).ShouldBe(0);
            // Half a minute is promised, with what a machine needs that is busy with other things.
            new WorkerOptions().ShutdownSeconds.ShouldBeLessThan(30);
            clock.Elapsed.TotalSeconds.ShouldBeLessThan(60);
        }
        JobProcesses.Of(folder.Path, id).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(folder.Path, "runs"), "last.safetensors", SearchOption.AllDirectories).ShouldNotBeEmpty();
        using var second = await ServiceProcess.StartAsync(folder.Path);

        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);

        (done.Losses, done.Attempts).ShouldBe((0, 2));
    }

    [Fact]
    public async Task Worker_StoppedForThreeLeaseTimes_PublishesNothing()
    {
        var lease = TimeSpan.FromSeconds(5);
        string[] settings = [$"CaptionTL:Worker:LeaseSeconds={lease.TotalSeconds}"];
        using var folder = JobsService.Folder();
        using var first = await ServiceProcess.StartAsync(folder.Path, settings);
        await first.Jobs.UploadAsync();
        var id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
        await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");
        var child = JobProcesses.Of(folder.Path, id).Single();

        JobProcesses.Signal(first.Id, "STOP");
        JobProcesses.Signal(child, "STOP");
        var stopped = Task.Delay(3 * lease);
        using var second = await ServiceProcess.StartAsync(folder.Path, settings);
        await second.Jobs.WaitAsync(id, j => j.Attempts == 2 && j.Progress?.Unit == "steps");
        await stopped;
        JobProcesses.Signal(child, "CONT");
        JobProcesses.Signal(first.Id, "CONT");
        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);
        await EndedAsync(child);

        (done.Losses, done.Attempts).ShouldBe((1, 2));
        (await second.Jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Single().Run.ShouldBe(id);
        Directory.EnumerateFiles(Path.Combine(folder.Path, "models"), "*.captiontl", SearchOption.AllDirectories).Count().ShouldBe(1);
        JsonSerializer.Serialize(await second.Jobs.GetAsync(id)).ShouldBe(JsonSerializer.Serialize(done));
    }

    private static async Task EndedAsync(int process)
    {
        for (var end = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < end
            && Directory.Exists($"/proc/{process}"); await Task.Delay(50)) { }
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
    }
}
