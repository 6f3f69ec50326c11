using System.Text.Json;

namespace CaptionTL.Service.Contracts;

/// <summary>Body of POST /api/v1/jobs/{id}/again: what is different this time; null stays as it was.</summary>
public sealed record JobChanges
{
    public string? Data { get; init; }

    public string? Model { get; init; }

    /// <summary>Another plan, by name or as an object.</summary>
    public JsonElement? Plan { get; init; }

    /// <summary>Changes of the earlier job's plan (or of the one given here), each PATH=VALUE.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    public IReadOnlyList<string>? Plans { get; init; }

    public double? Minutes { get; init; }

    public bool? LearningCurve { get; init; }

    public string? Split { get; init; }

    public int? Beam { get; init; }

    public int? Best { get; init; }

    public bool? Promote { get; init; }

    public int? Priority { get; init; }
}
