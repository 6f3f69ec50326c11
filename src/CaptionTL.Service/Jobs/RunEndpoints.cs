using CaptionTL.Classes;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Jobs;

/// <summary>/api/v1/runs: what train and race jobs have on disk.</summary>
internal static class RunEndpoints
{
    private static readonly JobKind[] Kinds = [JobKind.Train, JobKind.Race];

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
        routes.MapGet("/api/v1/jobs/{id:long}/metrics", Metrics).WithTags("Jobs")
            .RequireAuthorization(ApiScope.Train).WithName("GetJobMetrics")
            .WithSummary("Metrics of the job's run").ProducesProblem(404);
    }

    private static async Task<Ok<RunPage>> List(JobStore jobs, RunFolders folders, int offset = 0, int limit = 50,
        CancellationToken cancellation = default)
    {
        var (skipped, taken) = Paging.Check(offset, limit);
        var (total, found) = await jobs.ListAsync([], Kinds, skipped, taken, cancellation);
        return TypedResults.Ok(new RunPage(total, skipped, [.. found.Select(j => ToRun(j, folders))]));
    }

    private static async Task<Ok<Run>> Get(long id, JobStore jobs, RunFolders folders, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(id, cancellation);
        return Kinds.Contains(job.Kind) ? TypedResults.Ok(ToRun(job, folders))
            : throw ApiException.NotFound(FormattableString.Invariant($"Job {id} is not a run."),
                "Only jobs of kind train and race are runs.");
    }

    private static async Task<Ok<RunMetrics>> Metrics(long id, JobStore jobs, RunFolders folders, string? part = null, int after = 0,
        CancellationToken cancellation = default)
    {
        await jobs.GetAsync(id, cancellation);
        return TypedResults.Ok(folders.Run(id, part) is { } run ? MetricsFile.Read(Path.Combine(run, "metrics.jsonl"), after)
            : new RunMetrics([], 0));
    }

    private static async Task<Ok<IReadOnlyList<RunSamples>>> Samples(long id, JobStore jobs, RunFolders folders, string? part = null,
        CancellationToken cancellation = default)
    {
        await jobs.GetAsync(id, cancellation);
        return TypedResults.Ok(folders.Run(id, part) is { } run ? SampleFiles.All(run) : []);
    }

    private static async Task<PhysicalFileHttpResult> Report(long id, JobStore jobs, RunFolders folders, string? part = null,
        CancellationToken cancellation = default)
    {
        var job = await jobs.GetAsync(id, cancellation);
        var folder = job.Kind == JobKind.Evaluate ? folders.Find(id) : folders.Run(id, part);
        var path = folder is null ? null : Path.Combine(folder, EvaluateWork.ReportName);
        return File.Exists(path) ? TypedResults.PhysicalFile(path, "text/html; charset=utf-8")
            : throw ApiException.NotFound(FormattableString.Invariant($"Run {id} has no report."),
                "Only finished runs that learn classes have one.");
    }

    private static async Task<Ok<RunConfusion>> Confusion(long id, JobStore jobs, RunFolders folders, string? part = null,
        CancellationToken cancellation = default)
    {
        await jobs.GetAsync(id, cancellation);
        var answers = Answers(id, part, folders);
        return TypedResults.Ok(new RunConfusion(answers.Classes, answers.Counts()));
    }

    private static async Task<Ok<ConfusedImages>> ConfusedImages(long id, string truth, string predicted, JobStore jobs,
        RunFolders folders, string? part = null, int offset = 0, int limit = 50, CancellationToken cancellation = default)
    {
        var (skipped, taken) = Paging.Check(offset, limit);
        await jobs.GetAsync(id, cancellation);
        var answers = Answers(id, part, folders);
        var (row, column) = (ClassOf(answers, truth), ClassOf(answers, predicted));
        var found = answers.Images.Where(p => p.Truth == row && p.Predicted == column).OrderByDescending(p => p.Probability)
            .ThenBy(p => p.Id, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(new ConfusedImages(found.Count, skipped, [.. found.Skip(skipped).Take(taken)
            .Select(p => new JobSample(p.Id) { Truth = truth, Predicted = predicted, Probability = p.Probability })]));
    }

    private static RunAnswers Answers(long id, string? part, RunFolders folders)
    {
        var path = folders.Run(id, part) is { } run ? Path.Combine(run, RunFolder.AnswersFile) : null;
        return File.Exists(path) ? RunAnswers.Load(path)
            : throw ApiException.NotFound(FormattableString.Invariant($"Run {id} has no confusion matrix."),
                "Only finished runs that learn classes have one.");
    }

    private static int ClassOf(RunAnswers answers, string name)
    {
        var at = answers.Classes.ToList().IndexOf(name);
        return at >= 0 ? at : throw ApiException.NotFound($"The run knows no class '{name}'.",
            $"It knows {string.Join(", ", answers.Classes.Take(20))}{(answers.Classes.Count > 20 ? ", …" : "")}.");
    }

    private static Run ToRun(JobRecord record, RunFolders folders)
    {
        var job = record.ToJob();
        IReadOnlyList<string> parts = job.Kind == JobKind.Race ? [.. folders.Runs(job.Id).Select(r => Path.GetFileName(r))] : [];
        var hasReport = folders.Run(job.Id, null) is { } run && File.Exists(Path.Combine(run, EvaluateWork.ReportName));
        return new Run(job.Id, job.State, job.Data, job.Model, job.Result?.Version, parts, job.Plan, job.Result?.Scores,
            job.Result?.MainScore, job.Created, job.Finished, hasReport);
    }
}
