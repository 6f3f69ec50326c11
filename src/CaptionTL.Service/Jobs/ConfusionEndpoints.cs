using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Training.Classes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Jobs;

/// <summary>/api/v1/runs/{id}/confusion: which classes a run takes for which, and the pictures behind each number.</summary>
internal static class ConfusionEndpoints
{
    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapGet("/{id:long}/confusion", Confusion).WithName("GetRunConfusion").WithSummary("How often each class was taken for each, on the dev pictures (classes)").ProducesProblem(404);
        runs.MapGet("/{id:long}/confusion/pictures", Pictures).WithName("ListConfusedPictures").WithSummary("The dev pictures of one class that were taken for another, or rightly recognised").ProducesProblem(404);
    }

    private static async Task<Ok<RunConfusion>> Confusion(long id, JobStore jobs, RunFolders folders, string? part = null, CancellationToken cancellation = default)
    {
        await jobs.GetAsync(id, cancellation);
        var answers = Answers(id, part, folders);
        return TypedResults.Ok(new RunConfusion(answers.Classes, answers.Counts()));
    }

    private static async Task<Ok<ConfusedPictures>> Pictures(
        long id, string truth, string predicted, JobStore jobs, RunFolders folders, string? part = null, int offset = 0, int limit = 50, CancellationToken cancellation = default)
    {
        var (skipped, taken) = Paging.Check(offset, limit);
        await jobs.GetAsync(id, cancellation);
        var answers = Answers(id, part, folders);
        var (row, column) = (ClassOf(answers, truth), ClassOf(answers, predicted));
        var found = answers.Pictures.Where(p => p.Truth == row && p.Predicted == column).OrderByDescending(p => p.Probability).ThenBy(p => p.Id, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(new ConfusedPictures(found.Count, skipped, [.. found.Skip(skipped).Take(taken).Select(p => new JobSample(p.Id) { Truth = truth, Predicted = predicted, Probability = p.Probability })]));
    }

    private static RunAnswers Answers(long id, string? part, RunFolders folders)
    {
        var path = folders.Run(id, part) is { } run ? Path.Combine(run, RunFolder.AnswersFile) : null;
        return File.Exists(path) ? RunAnswers.Load(path) : throw ApiException.NotFound(FormattableString.Invariant($"Run {id} has no confusion matrix."), "Finished runs that learn classes have one.");
    }

    private static int ClassOf(RunAnswers answers, string name)
    {
        for (var i = 0; i < answers.Classes.Count; i++)
            if (answers.Classes[i] == name) return i;
        throw ApiException.NotFound($"The run knows no class '{name}'.", $"It knows {string.Join(", ", answers.Classes.Take(20))}{(answers.Classes.Count > 20 ? ", …" : "")}.");
    }
}
