using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Jobs;

/// <summary>/api/v1/jobs.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(400);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs").WithTags("Jobs").RequireAuthorization(ApiScope.Train);
        jobs.MapPost("", Add).WithName("AddJob").WithSummary("Accept a job: embed, train, evaluate, race, caption")
            .ProducesProblem(400).ProducesProblem(404);
        jobs.MapPost("/quote", Quote).WithName("QuoteJob")
            .WithSummary("What a train job would cost in time, disk and memory; no job is accepted")
            .WithDescription("Measured on a few images and training steps, beside whatever else the machine does: seconds to a minute.")
            .ProducesProblem(400).ProducesProblem(404);
        jobs.MapGet("", List).WithName("ListJobs").WithSummary("Jobs, the latest first").ProducesProblem(400);
        jobs.MapGet("/{id:long}", Get).WithName("GetJob").WithSummary("A job as it is now").ProducesProblem(404);
        jobs.MapDelete("/{id:long}", Delete).WithName("DeleteJob")
            .WithSummary("Remove a job that is not active, with its run folder; models stay").ProducesProblem(404).ProducesProblem(409);
        jobs.MapPost("/{id:long}/pause", Pause).WithName("PauseJob").WithSummary("Stop with a checkpoint")
            .ProducesProblem(404).ProducesProblem(409);
        jobs.MapPost("/{id:long}/resume", Resume).WithName("ResumeJob")
            .WithSummary("Continue from the checkpoint, also after a cancellation or a failure").ProducesProblem(404).ProducesProblem(409);
        jobs.MapPost("/{id:long}/cancel", Cancel).WithName("CancelJob")
            .WithSummary("Stop within five seconds; the last checkpoint is kept").ProducesProblem(404).ProducesProblem(409);
        jobs.MapPost("/{id:long}/again", Again).WithName("RepeatJob").WithSummary("Accept the same job again, with changes")
            .ProducesProblem(400).ProducesProblem(404);
        jobs.MapGet("/{id:long}/log", Log).WithName("GetJobLog").WithSummary("What the job has said").ProducesProblem(404);
        jobs.MapGet("/{id:long}/progress", Progress).WithName("FollowJob")
            .WithSummary("The job whenever it changes, as server-sent events, until it stops")
            .Produces<Job>(200, "text/event-stream").ProducesProblem(404);
        jobs.MapGet("/{id:long}/answers", Answers).WithName("GetJobAnswers")
            .WithSummary("Answers of a caption job, a line of JSON for each image, also while it runs")
            .Produces(200, contentType: "application/x-ndjson").ProducesProblem(404);
    }

    private static async Task<Accepted<Job>> Add(JobRequest request, JobPlanning planning, JobStore jobs, JobSchedule schedule,
        ClaimsPrincipal user, CancellationToken cancellation)
    {
        var job = await jobs.AddAsync(planning.Plan(request, user.Identity?.Name), cancellation);
        return await ScheduleAsync(job, schedule, jobs);
    }

    private static async Task<Ok<CostQuote>> Quote(JobRequest request, JobQuotes quotes, CancellationToken cancellation) =>
        TypedResults.Ok(await quotes.MeasureAsync(request, cancellation));

    private static async Task<Ok<JobPage>> List(JobStore jobs, string? state, string? kind, int offset = 0, int limit = 50,
        CancellationToken cancellation = default)
    {
        var (skipped, taken) = Paging.Check(offset, limit);
        var (total, found) = await jobs.ListAsync(Parse<JobState>(state, nameof(state)), Parse<JobKind>(kind, nameof(kind)), skipped,
            taken, cancellation);
        return TypedResults.Ok(new JobPage(total, skipped, [.. found.Select(j => j.ToJob())]));
    }

    private static async Task<Ok<Job>> Get(long id, JobStore jobs, CancellationToken cancellation) =>
        TypedResults.Ok((await jobs.GetAsync(id, cancellation)).ToJob());

    private static async Task<NoContent> Delete(long id, JobStore jobs, RunFolders folders, CancellationToken cancellation)
    {
        await jobs.DeleteAsync(id, cancellation);
        folders.Delete(id);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<Job>> Pause(long id, JobStore jobs, CancellationToken cancellation) =>
        Accepted(await jobs.StopAsync(id, JobState.Paused, cancellation));

    private static async Task<Accepted<Job>> Cancel(long id, JobStore jobs, CancellationToken cancellation) =>
        Accepted(await jobs.StopAsync(id, JobState.Cancelled, cancellation));

    private static async Task<Accepted<Job>> Resume(long id, JobStore jobs, JobSchedule schedule, CancellationToken cancellation) =>
        await ScheduleAsync(await jobs.ResumeAsync(id, cancellation), schedule, jobs);

    private static async Task<Accepted<Job>> Again(long id, JobChanges? changes, JobPlanning planning, JobStore jobs, JobSchedule schedule,
        ClaimsPrincipal user, CancellationToken cancellation)
    {
        var request = JobPlanning.Again(await jobs.GetAsync(id, cancellation), changes ?? new JobChanges());
        var job = await jobs.AddAsync(planning.Plan(request, user.Identity?.Name, id), cancellation);
        return await ScheduleAsync(job, schedule, jobs);
    }

    private static async Task<Ok<JobLog>> Log(long id, JobStore jobs, long after = 0, int limit = 500,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await jobs.LogAsync(id, after, Paging.Check(0, limit, most: 5000).Limit, cancellation));

    private static async Task<IResult> Progress(long id, JobStore jobs, TimeProvider clock, CancellationToken cancellation) =>
        TypedResults.ServerSentEvents(FollowAsync(await jobs.GetAsync(id, cancellation), jobs, clock, cancellation));

    private static async Task<FileStreamHttpResult> Answers(long id, JobStore jobs, RunFolders folders, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(id, cancellation);
        if (job.Kind != JobKind.Caption) throw NoAnswers("Only jobs of kind 'caption' have answers.");
        var path = folders.Find(id) is { } folder ? Path.Combine(folder, AnswerFile.Name) : null;
        if (!File.Exists(path)) throw NoAnswers("It has not begun yet.");
        return TypedResults.Stream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
            "application/x-ndjson", FormattableString.Invariant($"answers-{id}.jsonl"));

        ApiException NoAnswers(string why) => ApiException.NotFound(FormattableString.Invariant($"Job {id} has no answers."), why);
    }

    // The table comes first: should the service end before the job is scheduled, its next start does that.
    private static async Task<Accepted<Job>> ScheduleAsync(JobRecord job, JobSchedule schedule, JobStore jobs)
    {
        try
        {
            await schedule.AddAsync(job, CancellationToken.None);
            return Accepted(job);
        }
        catch
        {
            await jobs.StopAsync(job.Id, JobState.Cancelled, CancellationToken.None); // nobody would ever run it; it can be resumed
            throw;
        }
    }

    private static Accepted<Job> Accepted(JobRecord job) =>
        TypedResults.Accepted(FormattableString.Invariant($"/api/v1/jobs/{job.Id}"), job.ToJob());

    private static List<T> Parse<T>(string? names, string field) where T : struct, Enum =>
        [.. (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => EnumNames.Parse<T>(name, field))];

    /// <summary>
    /// The job now, then whenever something has changed, until it waits no more and runs no more. It is read from the table, so that it
    /// does not matter which machine carries it out.
    /// </summary>
    private static async IAsyncEnumerable<SseItem<Job>> FollowAsync(JobRecord first, JobStore jobs, TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        JobRecord? shown = null;
        for (var job = first; ; job = await jobs.GetAsync(first.Id, cancellation))
        {
            if (shown is null || Differs(job, shown))
            {
                yield return new SseItem<Job>(job.ToJob(), "job");
                shown = job;
            }
            if (job.State is not (JobState.Queued or JobState.Running)) yield break;
            await Task.Delay(LookInterval, clock, cancellation);
        }
    }

    private static bool Differs(JobRecord a, JobRecord b) =>
        a.Shown != b.Shown || a.Attempts != b.Attempts || a.Losses != b.Losses || a.Progress != b.Progress || a.Result != b.Result
        || a.Problem != b.Problem;
}
