using System.Security.Claims;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Jobs;

/// <summary>/api/v1/jobs.</summary>
internal static class JobEndpoints
{
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

    private static async Task<Accepted<Job>> Add(JobRequest request, JobService jobs, ClaimsPrincipal user,
        CancellationToken cancellation) =>
        Accepted(await jobs.AddAsync(request, user.Identity?.Name, cancellation));

    private static async Task<Ok<CostQuote>> Quote(JobRequest request, JobQuotes quotes, CancellationToken cancellation) =>
        TypedResults.Ok(await quotes.MeasureAsync(request, cancellation));

    private static async Task<Ok<JobPage>> List(JobService jobs, string? state, string? kind, int offset = 0, int limit = 50,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await jobs.ListAsync(Parse<JobState>(state, nameof(state)), Parse<JobKind>(kind, nameof(kind)), offset, limit,
            cancellation));

    private static async Task<Ok<Job>> Get(long id, JobService jobs, CancellationToken cancellation) =>
        TypedResults.Ok(await jobs.GetAsync(id, cancellation));

    private static async Task<NoContent> Delete(long id, JobService jobs, CancellationToken cancellation)
    {
        await jobs.DeleteAsync(id, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<Job>> Pause(long id, JobService jobs, CancellationToken cancellation) =>
        Accepted(await jobs.PauseAsync(id, cancellation));

    private static async Task<Accepted<Job>> Resume(long id, JobService jobs, CancellationToken cancellation) =>
        Accepted(await jobs.ResumeAsync(id, cancellation));

    private static async Task<Accepted<Job>> Cancel(long id, JobService jobs, CancellationToken cancellation) =>
        Accepted(await jobs.CancelAsync(id, cancellation));

    private static async Task<Accepted<Job>> Again(long id, JobChanges? changes, JobService jobs, ClaimsPrincipal user,
        CancellationToken cancellation) =>
        Accepted(await jobs.AgainAsync(id, changes ?? new JobChanges(), user.Identity?.Name, cancellation));

    private static async Task<Ok<JobLog>> Log(long id, JobService jobs, long after = 0, int limit = 500,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await jobs.LogAsync(id, after, limit, cancellation));

    private static async Task<IResult> Progress(long id, JobService jobs, CancellationToken cancellation)
    {
        await jobs.GetAsync(id, cancellation); // where there is none, the status says so
        return TypedResults.ServerSentEvents(jobs.FollowAsync(id, cancellation), "job");
    }

    private static async Task<FileStreamHttpResult> Answers(long id, JobService jobs, CancellationToken cancellation) =>
        TypedResults.Stream(await jobs.AnswersAsync(id, cancellation), "application/x-ndjson",
            FormattableString.Invariant($"answers-{id}.jsonl"));

    private static Accepted<Job> Accepted(Job job) => TypedResults.Accepted(FormattableString.Invariant($"/api/v1/jobs/{job.Id}"), job);

    private static List<T> Parse<T>(string? names, string field) where T : struct, Enum =>
        [.. (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => EnumNames.Parse<T>(name, field))];
}
