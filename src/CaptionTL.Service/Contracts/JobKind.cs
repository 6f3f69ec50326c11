namespace CaptionTL.Service.Contracts;

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>Fills the embedding cache ahead of training.</summary>
    Embed,

    /// <summary>Carries out a plan; its model is registered.</summary>
    Train,

    /// <summary>Scores a model on a data set.</summary>
    Evaluate,

    /// <summary>Carries out several plans within a time; the recommended one's model is registered.</summary>
    Race,

    /// <summary>Captions, or sorts, all pictures of a data set into a file.</summary>
    Caption,
}
