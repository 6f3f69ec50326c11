namespace CaptionTL.Service.Jobs;

/// <summary>A row of the jobs' log.</summary>
internal sealed class JobLogRecord
{
    public long Id { get; set; }

    public long JobId { get; set; }

    public DateTimeOffset Time { get; set; }

    public int Attempt { get; set; }

    public required string Text { get; set; }
}
