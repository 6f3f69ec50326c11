using CaptionTL.Classes;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// What train and race jobs have on disk, for the API and the pages. Every method throws an <see cref="ApiException"/> where there is no
/// such job; "part" names a run of a race, and is null for the only or first one.
/// </summary>
internal sealed class RunService(JobStore jobs, RunFolders folders)
{
    private static readonly JobKind[] Kinds = [JobKind.Train, JobKind.Race];

    /// <summary>The latest first.</summary>
    public async Task<RunPage> ListAsync(int offset, int limit, CancellationToken cancellation)
    {
        (offset, limit) = Paging.Check(offset, limit);
        var (total, found) = await jobs.ListAsync([], Kinds, offset, limit, cancellation);
        return new RunPage(total, offset, [.. found.Select(ToRun)]);
    }

    public async Task<Run> GetAsync(long id, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(id, cancellation);
        return Kinds.Contains(job.Kind) ? ToRun(job)
            : throw ApiException.NotFound(FormattableString.Invariant($"Job {id} is not a run."),
                "Only jobs of kind train and race are runs.");
    }

    /// <param name="id">The job's number.</param>
    /// <param name="part">A run of a race.</param>
    /// <param name="after">Lines to skip, because the caller has them.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<RunMetrics> MetricsAsync(long id, string? part, int after, CancellationToken cancellation) =>
        await FolderAsync(id, part, cancellation) is { } run ? MetricsFile.Read(Path.Combine(run, "metrics.jsonl"), after)
            : new RunMetrics([], 0);

    /// <summary>Answers to dev images after each epoch.</summary>
    public async Task<IReadOnlyList<RunSamples>> SamplesAsync(long id, string? part, CancellationToken cancellation) =>
        await FolderAsync(id, part, cancellation) is { } run ? SampleFiles.All(run) : [];

    /// <returns>Path of the report, an HTML page.</returns>
    /// <exception cref="ApiException">The run has none.</exception>
    public async Task<string> ReportAsync(long id, string? part, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(id, cancellation);
        var folder = job.Kind == JobKind.Evaluate ? folders.Find(id) : folders.Run(id, part);
        var path = folder is null ? null : Path.Combine(folder, EvaluateWork.ReportName);
        return File.Exists(path) ? path : throw ApiException.NotFound(FormattableString.Invariant($"Run {id} has no report."),
            "Only finished runs that learn classes have one.");
    }

    /// <summary>How often each class was taken for each, on the dev images.</summary>
    /// <exception cref="ApiException">The run learns no classes, or is not finished.</exception>
    public async Task<RunConfusion> ConfusionAsync(long id, string? part, CancellationToken cancellation)
    {
        var answers = await AnswersAsync(id, part, cancellation);
        return new RunConfusion(answers.Classes, answers.Counts());
    }

    /// <summary>The dev images of one class that were taken for another, or for the right one; the surest first.</summary>
    /// <exception cref="ApiException">The run learns no classes, is not finished, or does not know one of these.</exception>
    public async Task<ConfusedImages> ConfusedImagesAsync(long id, string? part, string truth, string predicted, int offset, int limit,
        CancellationToken cancellation)
    {
        (offset, limit) = Paging.Check(offset, limit);
        var answers = await AnswersAsync(id, part, cancellation);
        var (row, column) = (ClassOf(answers, truth), ClassOf(answers, predicted));
        var found = answers.Images.Where(p => p.Truth == row && p.Predicted == column).OrderByDescending(p => p.Probability)
            .ThenBy(p => p.Id, StringComparer.Ordinal).ToList();
        return new ConfusedImages(found.Count, offset, [.. found.Skip(offset).Take(limit)
            .Select(p => new JobSample(p.Id) { Truth = truth, Predicted = predicted, Probability = p.Probability })]);
    }

    private async Task<RunAnswers> AnswersAsync(long id, string? part, CancellationToken cancellation)
    {
        var path = await FolderAsync(id, part, cancellation) is { } run ? Path.Combine(run, RunFolder.AnswersFile) : null;
        return File.Exists(path) ? RunAnswers.Load(path)
            : throw ApiException.NotFound(FormattableString.Invariant($"Run {id} has no confusion matrix."),
                "Only finished runs that learn classes have one.");
    }

    private async Task<string?> FolderAsync(long id, string? part, CancellationToken cancellation)
    {
        await jobs.GetAsync(id, cancellation);
        return folders.Run(id, part);
    }

    private static int ClassOf(RunAnswers answers, string name)
    {
        var at = answers.Classes.ToList().IndexOf(name);
        return at >= 0 ? at : throw ApiException.NotFound($"The run knows no class '{name}'.",
            $"It knows {string.Join(", ", answers.Classes.Take(20))}{(answers.Classes.Count > 20 ? ", …" : "")}.");
    }

    private Run ToRun(JobRecord record)
    {
        var job = record.ToJob();
        IReadOnlyList<string> parts = job.Kind == JobKind.Race ? [.. folders.Runs(job.Id).Select(r => Path.GetFileName(r))] : [];
        var hasReport = folders.Run(job.Id, null) is { } run && File.Exists(Path.Combine(run, EvaluateWork.ReportName));
        return new Run(job.Id, job.State, job.Data, job.Model, job.Result?.Version, parts, job.Plan, job.Result?.Scores,
            job.Result?.MainScore, job.Created, job.Finished, hasReport);
    }
}
