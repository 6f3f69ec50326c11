using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;

namespace CaptionTL.Service.Tests.Jobs;

public sealed class JobScheduleTests
{
    [Theory]
    [InlineData(1, 500, 0, 1)]
    [InlineData(100, 9_999_999, 99, 1)]
    [InlineData(0, 7, 0, 8)]
    [InlineData(-100, 10_000_001, -100, 10_000_002)]
    public void Urgency_OfTheJobThatComesFirst_IsTheHigher(int priority, long id, int laterPriority, long laterId) =>
        JobSchedule.Urgency(Job(priority, id)).ShouldBeGreaterThan(JobSchedule.Urgency(Job(laterPriority, laterId)));

    private static JobRecord Job(int priority, long id) =>
        new() { Id = id, Kind = JobKind.Embed, Priority = priority, Data = "toy@1", Request = "{}" };
}
