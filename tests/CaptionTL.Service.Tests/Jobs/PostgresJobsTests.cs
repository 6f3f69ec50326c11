using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Tests.Storage;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>Several machines on one data base: a real PostgreSQL, the scheduler clustered.</summary>
[Collection("jobs")]
public sealed class PostgresJobsTests
{
    [Fact]
    public async Task Job_OfAWorkerThatStops_IsTakenOverByAnother_AndPublishedOnce()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var folder = JobsService.Folder();
        string[] settings = ["CaptionTL:Storage:Provider=PostgreSql", $"CaptionTL:Storage:ConnectionString={postgres.ConnectionString}",
            "CaptionTL:Worker:LeaseSeconds=5"];
        using var first = await ServiceProcess.StartAsync(folder.Path, settings);
        await first.Jobs.UploadAsync();
        var id = (await first.Jobs.AddAsync(JobsService.LongTraining)).Id;
        await first.Jobs.WaitAsync(id, j => j.Progress?.Unit == "steps");
        using var second = await ServiceProcess.StartAsync(folder.Path, settings);
        var child = JobProcesses.Of(folder.Path, id).Single();
        (await second.Jobs.GetAsync(id)).Attempts.ShouldBe(1);

        // The machine hangs, the job's process with it, for longer than the lease.
        JobProcesses.Signal(first.Id, "STOP");
        JobProcesses.Signal(child, "STOP");
        await second.Jobs.WaitAsync(id, j => j.Attempts == 2 && j.Progress?.Unit == "steps");
        JobProcesses.Signal(child, "CONT");
        JobProcesses.Signal(first.Id, "CONT");
        var done = await second.Jobs.WaitAsync(id, JobState.Succeeded);

        (done.Losses, done.Attempts).ShouldBe((1, 2));
        (await second.Jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Single().Run.ShouldBe(id);
        // What one machine has published the other one serves.
        (await first.Jobs.GetAsync<Model>("/api/v1/models/toy")).InUse.ShouldBe(1);
    }

    [Fact]
    public async Task Job_AcceptedWhereNoWorkerIs_IsCarriedOutByTheOneThatIs()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var folder = JobsService.Folder();
        string[] settings = ["CaptionTL:Storage:Provider=PostgreSql", $"CaptionTL:Storage:ConnectionString={postgres.ConnectionString}"];
        var (front, jobs) = await JobsService.StartAsync(folder.Path, [.. settings, "CaptionTL:Worker:Enabled=false"]);
        await using var _ = front;
        await jobs.UploadAsync(imagesPerClass: 4);
        var id = (await jobs.AddAsync(new { kind = "embed", data = "toy", plan = "features+logistic" })).Id;
        var cancelled = await jobs.AddAsync(JobsService.LongTraining);
        using var worker = await ServiceProcess.StartAsync(folder.Path, settings);

        await jobs.WaitAsync(id, JobState.Succeeded);

        // Asked here, stopped there.
        await jobs.WaitAsync(cancelled.Id, j => j.Progress?.Unit == "steps");
        await jobs.PostAsync(cancelled.Id, "cancel");
        await jobs.WaitAsync(cancelled.Id, JobState.Cancelled);
        JobProcesses.Of(folder.Path, cancelled.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Models_PublishedAtTheSameMoment_GetNumbersOfTheirOwn()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var service = await TestService.StartAsync(settings: ["CaptionTL:Worker:Enabled=false",
            "CaptionTL:Storage:Provider=PostgreSql", $"CaptionTL:Storage:ConnectionString={postgres.ConnectionString}"]);
        var leases = service.Get<JobLeases>();
        var claimed = new List<JobLease>();
        for (var i = 0; i < 4; i++)
        {
            var job = await service.Get<JobStore>().AddAsync(new JobRecord { Kind = JobKind.Train, State = JobState.Queued,
                Data = "toy@1", Model = "bees", Request = """{"kind":"train","data":"toy"}""" }, default);
            claimed.Add((await leases.ClaimAsync(job.Id, default))!.Value.Lease);
        }

        var results =
            await Task.WhenAll(
            claimed.Select(l =>
            Task.Run(() =>
            leases.SucceedAsync(l, new JobResult(), new PublishedRun("bees", InstalledModels.All[0], "toy@1", null, null)))));

        results.Select(r => r!.Version!.Value).Order().ShouldBe([1, 2, 3, 4]);
        await service.Get<ModelRegistry>().RefreshAsync();
        service.Get<ModelRegistry>().Find("caption", "bees").Version.ShouldBe(results.Min(r => r!.Version!.Value));
    }
}
