namespace CaptionTL.Datasets;

/// <summary>What a picture is used for.</summary>
public enum Split { Train, Dev, Test }
