using System.Globalization;
using Quartz;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>What the scheduler runs: one job, supervised from here to its end.</summary>
internal sealed class RunJob(JobSupervisor supervisor) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        await supervisor.RunAsync(long.Parse(context.JobDetail.Key.Name, CultureInfo.InvariantCulture), cancellationToken);
    }
}
