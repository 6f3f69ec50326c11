using CaptionTL.Classes;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Jobs;

/// <summary>/api/v1/runs: what train and race jobs have on disk.</summary>
internal static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/v1/runs").WithTags("Runs").RequireAuthorization(ApiScope.Train);
        runs.MapGet("", List).WithName("ListRuns").WithSummary("Runs, the latest first");
        runs.MapGet("/{id:long}", Get).WithName("GetRun").WithSummary("A run; its number is the job's").ProducesProblem(404);
        runs.MapGet("/{id:long}/metrics", Metrics).WithName("GetRunMetrics")
            .WithSummary("Losses and scores, step by step and epoch by epoch").ProducesProblem(404);
        runs.MapGet("/{id:long}/samples", Samples).WithName("GetRunSamples").WithSummary("Answers to dev images after each epoch")
            .ProducesProblem(404);
        runs.MapGet("/{id:long}/report", Report).WithName("GetRunReport")
            .WithSummary("A page with scores and the images that are most clearly wrong (classes)")
            .Produces(200, contentType: "text/html").ProducesProblem(404);
        runs.MapGet("/{id:long}/confusion", Confusion).WithName("GetRunConfusion")
            .WithSummary("How often each class was taken for each, on the dev images (classes)").ProducesProblem(404);
        runs.MapGet("/{id:long}/confusion/images", ConfusedImages).WithName("ListConfusedImages")
            .WithSummary("The dev images of one class that were taken for another, or for the right one").ProducesProblem(404);
        routes.MapGet("/api/v1/jobs/{id:long}/metrics", Metrics).WithTags("Jobs").RequireAuthorization(ApiScope.Train)
            .WithName("GetJobMetrics").WithSummary("Metrics of the job's run").ProducesProblem(404);
    }

    private static async Task<Ok<RunPage>> List(RunService runs, int offset = 0, int limit = 50,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await runs.ListAsync(offset, limit, cancellation));

    private static async Task<Ok<Run>> Get(long id, RunService runs, CancellationToken cancellation) =>
        TypedResults.Ok(await runs.GetAsync(id, cancellation));

    private static async Task<Ok<RunMetrics>> Metrics(long id, RunService runs, string? part = null, int after = 0,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await runs.MetricsAsync(id, part, after, cancellation));

    private static async Task<Ok<IReadOnlyList<RunSamples>>> Samples(long id, RunService runs, string? part = null,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await runs.SamplesAsync(id, part, cancellation));

    private static async Task<PhysicalFileHttpResult> Report(long id, RunService runs, string? part = null,
        CancellationToken cancellation = default) =>
        TypedResults.PhysicalFile(await runs.ReportAsync(id, part, cancellation), "text/html; charset=utf-8");

    private static async Task<Ok<RunConfusion>> Confusion(long id, RunService runs, string? part = null,
        CancellationToken cancellation = default) =>
        TypedResults.Ok(await runs.ConfusionAsync(id, part, cancellation));

    private static async Task<Ok<ConfusedImages>> ConfusedImages(long id, string truth, string predicted, RunService runs,
        string? part = null, int offset = 0, int limit = 50, CancellationToken cancellation = default) =>
        TypedResults.Ok(await runs.ConfusedImagesAsync(id, part, truth, predicted, offset, limit, cancellation));
}
