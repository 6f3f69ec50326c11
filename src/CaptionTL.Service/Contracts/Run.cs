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
/// <param name="Report">A page with scores and pictures is at /api/v1/runs/{id}/report.</param>
public sealed record Run(
    long Id, JobState State, string Data, string? Model, int? Version, IReadOnlyList<string> Parts, JsonElement? Plan,
    IReadOnlyDictionary<string, double>? Scores, string? MainScore, DateTimeOffset Created, DateTimeOffset? Finished, bool Report);
