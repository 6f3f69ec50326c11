namespace CaptionTL.Service.Contracts;

/// <summary>What a job has made.</summary>
public sealed record JobResult
{
    /// <summary>"caption" or "classify".</summary>
    public string? Task { get; init; }

    /// <summary>The registered model (train, race).</summary>
    public string? Model { get; init; }

    /// <summary>Its version.</summary>
    public int? Version { get; init; }

    /// <summary>On the dev split (train, race), or the split that was asked for (evaluate), by name; the main one first.</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>Name of the score that counts.</summary>
    public string? MainScore { get; init; }

    /// <summary>evaluate: which pictures were scored.</summary>
    public string? Split { get; init; }

    /// <summary>Pictures embedded, scored or captioned.</summary>
    public int? Pictures { get; init; }

    /// <summary>embed: embeddings computed; the others were in the cache.</summary>
    public int? Computed { get; init; }

    /// <summary>Pictures that could not be read.</summary>
    public int Skipped { get; init; }

    /// <summary>Seconds of the last attempt.</summary>
    public double Seconds { get; init; }

    /// <summary>race: how each plan did.</summary>
    public IReadOnlyList<RaceRow>? Race { get; init; }

    /// <summary>race: the plan to take.</summary>
    public string? Recommended { get; init; }

    /// <summary>A page with scores and pictures is at /api/v1/runs/{id}/report.</summary>
    public bool Report { get; init; }

    /// <summary>The answers are at /api/v1/jobs/{id}/answers.</summary>
    public bool Answers { get; init; }
}
