namespace CaptionTL.Service.Registry;

/// <summary>A row of the model versions: a bundle that a job has made. One that was deleted keeps its row, so that its number is never given again.</summary>
internal sealed class ModelVersionRecord
{
    public required string Name { get; set; }

    public int Version { get; set; }

    public required string Task { get; set; }

    /// <summary>Each job publishes once.</summary>
    public long JobId { get; set; }

    public DateTimeOffset Created { get; set; }

    public required string Data { get; set; }

    public required string Backbone { get; set; }

    /// <summary>Run scores, JSON.</summary>
    public string? Scores { get; set; }

    public long Bytes { get; set; }

    public DateTimeOffset? Deleted { get; set; }
}
