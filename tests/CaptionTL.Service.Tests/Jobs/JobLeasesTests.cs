using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CaptionTL.Service.Tests.Jobs;

[Collection("jobs")]
public sealed class JobLeasesTests
{
    private static readonly string Bundle = InstalledModels.All[0];

    [Fact]
    public async Task Lease_ThatAnotherWorkerHasTakenOver_CanChangeNothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await IdleAsync(clock);
        var leases = service.Get<JobLeases>();
        var id = await AddAsync(service);
        var (old, _) = (await leases.ClaimAsync(id, default))!.Value;
        (await leases.ClaimAsync(id, default)).ShouldBeNull();
        clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromSeconds(3601)); // without the timers of the service
        var (current, job) = (await leases.ClaimAsync(id, default))!.Value;

        job.Losses.ShouldBe(1);
        current.Token.ShouldBeGreaterThan(old.Token);
        (await leases.RenewAsync(old, new JobProgress("late", 1, 1, "steps"), ["late"], 1)).ShouldBeNull();
        (await leases.EndAsync(old, JobState.Failed, new JobProblem("late", "late"))).ShouldBeFalse();
        (await leases.SucceedAsync(old, new JobResult(), new PublishedRun("bees", Bundle, "toy@1", null, null))).ShouldBeNull();
        Models(service).ShouldBeEmpty();

        (await leases.RenewAsync(current, new JobProgress("main", 1, 2, "steps"), ["on time"], 2)).ShouldNotBeNull();
        var result = await leases.SucceedAsync(current, new JobResult(), new PublishedRun("bees", Bundle, "toy@1", null, null));
        result!.Version.ShouldBe(1);
        (await leases.SucceedAsync(current, new JobResult(), new PublishedRun("bees", Bundle, "toy@1", null, null))).ShouldBeNull();
        Models(service).ShouldBe(["1.captiontl"]);
        var seen = (await service.Get<JobStore>().GetAsync(id, default)).ToJob();
        seen.State.ShouldBe(JobState.Succeeded);
        seen.Progress!.Phase.ShouldBe("main");
        (await service.Get<JobStore>().LogAsync(id, 0, 10, default)).Lines.Single().Text.ShouldBe("on time");
    }

    [Fact]
    public async Task Lease_ThatIsRenewed_CannotBeTaken()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await IdleAsync(clock);
        var leases = service.Get<JobLeases>();
        var id = await AddAsync(service);
        var (lease, _) = (await leases.ClaimAsync(id, default))!.Value;

        for (var i = 0; i < 4; i++)
        {
            clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromSeconds(1800)); // without the timers of the service
            (await leases.RenewAsync(lease, null, [], 1)).ShouldNotBeNull();
            (await leases.ClaimAsync(id, default)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Models_PublishedAtTheSameMoment_GetNumbersOfTheirOwn()
    {
        await using var service = await IdleAsync(new FakeTimeProvider(DateTimeOffset.UtcNow));
        var leases = service.Get<JobLeases>();
        var claimed = new List<JobLease>();
        for (var i = 0; i < 4; i++) claimed.Add((await leases.ClaimAsync(await AddAsync(service), default))!.Value.Lease);

        var results =
            await Task.WhenAll(claimed.Select(l =>
            Task.Run(() => leases.SucceedAsync(l, new JobResult(), new PublishedRun("bees", Bundle, "toy@1", null, null)))));

        results.Select(r => r!.Version!.Value).Order().ShouldBe([1, 2, 3, 4]);
        Models(service).ShouldBe(["1.captiontl", "2.captiontl", "3.captiontl", "4.captiontl"]);
    }

    private static Task<TestService> IdleAsync(TimeProvider clock) =>
        TestService.StartAsync(null, builder => builder.Services.AddSingleton(clock), "CaptionTL:Worker:Enabled=false",
            "CaptionTL:Worker:LeaseSeconds=3600");

    private static async Task<long> AddAsync(TestService service) =>
        (await service.Get<JobStore>().AddAsync(new JobRecord { Kind = JobKind.Train, State = JobState.Queued, Data = "toy@1",
            Model = "bees", Request = """{"kind":"train","data":"toy"}""" }, default)).Id;

    private static List<string> Models(TestService service)
    {
        var folder = Path.GetDirectoryName(service.Get<ModelRegistry>().PathOf("bees", 1))!;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal)] : [];
    }
}
