namespace CaptionTL.Service.Contracts;

/// <summary>What is known of a data set's pictures.</summary>
public enum DataSetKind
{
    /// <summary>Sentences; any number a picture.</summary>
    Captions,

    /// <summary>One label a picture.</summary>
    Classes,
}
