using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>
/// A job's processes killed or silent: it goes on from its checkpoint, and its model is published once, equal to an undisturbed one.
/// </summary>
[Collection("jobs")]
public sealed class JobLossTests
{
    [Fact]
    public async Task Training_WhoseProcessIsKilledTwentyTimes_PublishesOneModelEqualToAnUndisturbedOne()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, Disturbance.Retries);
        await using var _ = service;
        var disturbance = await Disturbance.BeginAsync(jobs, seed: 7);

        for (var kills = 0; kills < Disturbance.Times; kills++)
        {
            JobProcesses.Signal(await disturbance.NextMomentAsync(), "KILL");
            await jobs.WaitAsync(disturbance.Job, j => j.Losses > kills);
        }

        await disturbance.ShouldEndAsUndisturbedAsync(jobs);
    }

    [Fact]
    public async Task Training_WhoseProcessIsLostTooOften_FailsWithTheReason()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, "CaptionTL:Worker:Retries=1");
        await using var _ = service;
        await jobs.UploadAsync(imagesPerClass: 4);
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
    public async Task Job_WhoseProgramIsMissing_FailsAtOnceAndSaysSo()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path, $"CaptionTL:Worker:Program={folder.File("missing.dll")}",
            "CaptionTL:Worker:LeaseSeconds=3600");
        await using var _ = service;
        await jobs.UploadAsync(imagesPerClass: 2);

        var failed = await jobs.WaitAsync((await jobs.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic" })).Id,
            JobState.Failed);

        failed.Problem!.Code.ShouldBe("program_not_started");
        failed.Problem.Message.ShouldNotContain(folder.Path);
        failed.Problem.Hint!.ShouldContain("CaptionTL:Worker:Program");
        (failed.Attempts, failed.Losses).ShouldBe((1, 0));
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
}
