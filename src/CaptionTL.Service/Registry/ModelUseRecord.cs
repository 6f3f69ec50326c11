namespace CaptionTL.Service.Registry;

/// <summary>A row of what was put to use: the last one that was not taken back says which version of a model answers.</summary>
internal sealed class ModelUseRecord
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public int Version { get; set; }

    public DateTimeOffset Time { get; set; }

    public string? By { get; set; }

    /// <summary>When it was rolled back.</summary>
    public DateTimeOffset? Undone { get; set; }
}
