using System.Text.Json;

namespace CaptionTL.Service.Contracts;

/// <summary>What a train or race job has on disk: a plan carried out on a data set.</summary>
/// <param name="Id">The job's number.</param>
/// <param name="State">The job's.</param>
/// <param name="Data">The data set with its version.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The model's version, once registered.</param>
/// <param name="Parts">Names of the runs of a race, to be passed as "part"; none for a train job.</param>
/// <param name="Plan">The plan carried out.</param>
/// <param name="Scores">On the dev split, once done.</param>
/// <param name="MainScore">Name of the one that counts.</param>
/// <param name="Created">When the job was accepted.</param>
/// <param name="Finished">When it ended.</param>
/// <param name="Report">A page with scores and images is at /api/v1/runs/{id}/report.</param>
public sealed record Run(
    long Id, JobState State, string Data, string? Model, int? Version, IReadOnlyList<string> Parts, JsonElement? Plan,
    IReadOnlyDictionary<string, double>? Scores, string? MainScore, DateTimeOffset Created, DateTimeOffset? Finished, bool Report);

/// <summary>Some of the runs, the latest first.</summary>
/// <param name="Total">Runs in all.</param>
/// <param name="Offset">Runs left out before these.</param>
/// <param name="Runs">At most as many as asked for.</param>
public sealed record RunPage(int Total, int Offset, IReadOnlyList<Run> Runs);

/// <summary>
/// Lines of a run's metrics.jsonl: objects with kind ("step" or "epoch"), phase, phaseIndex, epoch, step, seconds, time, and numbers by
/// name (loss, learningRate, scores).
/// </summary>
/// <param name="Lines">In order.</param>
/// <param name="Next">To be passed as "after" for the lines that come next; where it is less than before, the run was taken up again from
/// a checkpoint.</param>
public sealed record RunMetrics(IReadOnlyList<JsonElement> Lines, int Next);

/// <summary>Answers of a model during its training, to the same dev images each time.</summary>
/// <param name="Name">Phase and epoch: "main-003".</param>
/// <param name="Samples">At most 20.</param>
public sealed record RunSamples(string Name, IReadOnlyList<JobSample> Samples);

/// <summary>Which classes a run takes for which, on its dev images.</summary>
/// <param name="Classes">Names.</param>
/// <param name="Counts">A row for each class that images are of, in it how many were taken for each class.</param>
public sealed record RunConfusion(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<int>> Counts);

/// <summary>Dev images of a run, the surest answers first.</summary>
/// <param name="Total">Images in all.</param>
/// <param name="Offset">Images left out before these.</param>
/// <param name="Images">At most as many as asked for.</param>
public sealed record ConfusedImages(int Total, int Offset, IReadOnlyList<JobSample> Images);
