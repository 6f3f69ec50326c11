using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;

namespace CaptionTL.Service.Tests.Registry;

/// <summary>Versions of models, published as a finished job does.</summary>
internal static class Published
{
    /// <returns>The version's number.</returns>
    /// <param name="service">That keeps it.</param>
    /// <param name="name">Of the model.</param>
    /// <param name="bundle">A copy of it is published; of the installed model when null.</param>
    public static async Task<int> AddAsync(TestService service, string name, string? bundle = null)
    {
        var job = await service.Get<JobStore>().AddAsync(new JobRecord { Kind = JobKind.Train, State = JobState.Queued, Data = "toy@1",
            Model = name, Request = """{"kind":"train","data":"toy"}""" }, default);
        var (lease, _) = (await service.Get<JobLeases>().ClaimAsync(job.Id, default))!.Value;
        var result = await service.Get<JobLeases>()
            .SucceedAsync(lease, new JobResult(), new PublishedRun(name, bundle ?? InstalledModels.All[0], "toy@1", null, null));
        await service.Get<ModelRegistry>().RefreshAsync();
        return result!.Version!.Value;
    }
}
