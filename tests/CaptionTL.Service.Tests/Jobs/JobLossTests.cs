using System.Text.Json;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>Processes killed at any moment: a job goes on from its checkpoint, and its model is published once, equal to an undisturbed one.</summary>
[Collection("jobs")]
public sealed class JobLossTests
{
    private static readonly string[] ShortLease = ["CaptionTL:Worker:LeaseSeconds=4", "CaptionTL:Worker:Retries=40"];

    [Fact]
    public async Task Training_WhoseProcessIsKilledAgainAndAgain_PublishesOneModelEqualToAnUndisturbedOne()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, ShortLease);
        await using var _ = service;
        await jobs.UploadAsync();
        var undisturbed = await jobs.WaitAsync((await jobs.AddAsync(JobsService.LongTraining)).Id, JobState.Succeeded);

        var disturbed = await jobs.AddAsync(JobsService.LongTraining);
        var random = new Random(7);
        var kills = 0;
        for (; kills < 6; kills++)
        {
            var process = await JobProcesses.WaitAsync(folder.Path, disturbed.Id);
            if (kills > 1) await jobs.WaitAsync(disturbed.Id, j => j.Progress?.Unit == "steps" && j.Attempts == kills + 1);
            await Task.Delay(random.Next(2000));
            if ((await jobs.GetAsync(disturbed.Id)).State != JobState.Running) break;
            JobProcesses.Signal(process, "KILL");
            await jobs.WaitAsync(disturbed.Id, j => j.Losses > kills || j.State == JobState.Succeeded);
        }
        var done = await jobs.WaitAsync(disturbed.Id, JobState.Succeeded);

        kills.ShouldBeGreaterThan(3);
        done.Losses.ShouldBeGreaterThan(3);
        var versions = (await jobs.GetAsync<Model>("/api/v1/models/toy")).Versions;
        versions.Select(v => v.Run).ShouldBe([done.Id, undisturbed.Id]);
        ShouldBeEqual(folder.Path, 1, 2);
        done.Result!.Scores.ShouldBe(undisturbed.Result!.Scores);
        (await jobs.GetAsync<RunMetrics>($"/api/v1/runs/{done.Id}/metrics")).Lines.Count.ShouldBe((await jobs.GetAsync<RunMetrics>($"/api/v1/runs/{undisturbed.Id}/metrics")).Lines.Count);
    }

    [Fact]
    public async Task Training_WhoseProcessIsLostTooOften_FailsWithTheReason()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, "CaptionTL:Worker:Retries=1");
        await using var _ = service;
        await jobs.UploadAsync(picturesPerClass: 4);
        var job = await jobs.AddAsync(JobsService.LongTraining);

        for (var i = 0; i < 2; i++)
        {
            JobProcesses.Signal(await JobProcesses.WaitAsync(folder.Path, job.Id), "KILL");
            await jobs.WaitAsync(job.Id, j => j.Losses > i);
        }

        var failed = await jobs.GetAsync(job.Id);
        failed.State.ShouldBe(JobState.Failed);
        failed.Problem!.Code.ShouldBe("process_lost");
        failed.Problem.Message.ShouldContain("signal 9");
        (await jobs.ModelsAsync()).ShouldNotContain(m => m.Name == "toy");
    }

    [Fact]
    public async Task Training_WhoseProcessIsSilent_IsTakenUpAgain()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, "CaptionTL:Worker:SilenceSeconds=4");
        await using var _ = service;
        await jobs.UploadAsync();
        var job = await jobs.AddAsync(JobsService.LongTraining);
        await jobs.WaitAsync(job.Id, j => j.Progress?.Unit == "steps");

        JobProcesses.Signal(await JobProcesses.WaitAsync(folder.Path, job.Id), "STOP");

        var done = await jobs.WaitAsync(job.Id, JobState.Succeeded);
        done.Losses.ShouldBe(1);
        (await jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Training_WhoseServiceIsKilled_GoesOnWithTheNextService()
    {
        using var folder = JobsService.Folder();
        long id;
        using (var first = await ServiceProcess.StartAsync(folder.Path, ShortLease))
        {
            await first.Jobs.UploadAsync();
            id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
            await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");
            var child = JobProcesses.Of(folder.Path, id).Single();
            first.Kill();
            await EndedAsync(child); // a job's process does not outlive its parent
        }
        using var second = await ServiceProcess.StartAsync(folder.Path, ShortLease);

        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);

        done.Attempts.ShouldBe(2);
        (await second.Jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Single().Run.ShouldBe(id);
    }

    [Fact]
    public async Task Service_ToldToEnd_ChecksItsJobIn_AndTheNextOneGoesOn()
    {
        using var folder = JobsService.Folder();
        long id;
        using (var first = await ServiceProcess.StartAsync(folder.Path))
        {
            await first.Jobs.UploadAsync();
            id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
            await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");

            await first.TerminateAsync();
        }
        JobProcesses.Of(folder.Path, id).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(folder.Path, "runs"), "last.safetensors", SearchOption.AllDirectories).ShouldNotBeEmpty();
        using var second = await ServiceProcess.StartAsync(folder.Path);

        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);

        done.Losses.ShouldBe(0);
        done.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Worker_StoppedForThreeLeaseTimes_PublishesNothing()
    {
        using var folder = JobsService.Folder();
        using var first = await ServiceProcess.StartAsync(folder.Path, ShortLease);
        await first.Jobs.UploadAsync();
        var id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
        await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");
        var child = JobProcesses.Of(folder.Path, id).Single();
        JobProcesses.Signal(first.Id, "STOP");
        JobProcesses.Signal(child, "STOP");
        await Task.Delay(TimeSpan.FromSeconds(12));

        using var second = await ServiceProcess.StartAsync(folder.Path, ShortLease);
        await second.Jobs.WaitAsync(id, j => j.Attempts == 2 && j.Progress?.Unit == "steps");
        JobProcesses.Signal(child, "CONT");
        JobProcesses.Signal(first.Id, "CONT");
        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);
        await EndedAsync(child);

        done.Attempts.ShouldBe(2);
        (await second.Jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Single().Run.ShouldBe(id);
        Directory.EnumerateFiles(Path.Combine(folder.Path, "models"), "*.captiontl", SearchOption.AllDirectories).Count().ShouldBe(1);
        JsonSerializer.Serialize(await second.Jobs.GetAsync(id)).ShouldBe(JsonSerializer.Serialize(done));
    }

    private static async Task EndedAsync(int process)
    {
        for (var end = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < end && Directory.Exists($"/proc/{process}"); await Task.Delay(50)) { }
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
    }

    private static void ShouldBeEqual(string data, int a, int b)
    {
        using var first = ModelBundle.Open(Path.Combine(data, "models", "toy", $"{a}.captiontl"));
        using var second = ModelBundle.Open(Path.Combine(data, "models", "toy", $"{b}.captiontl"));
        foreach (var entry in (string[])[ModelBundle.HeadEntry, ModelBundle.EncoderEntry, ModelBundle.LabelsEntry]) second.Read(entry).ShouldBe(first.Read(entry), entry);
    }
}
