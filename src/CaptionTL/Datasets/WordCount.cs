namespace CaptionTL.Datasets;

/// <summary>A word and how often it occurs.</summary>
public sealed record WordCount(string Word, int Count);
