namespace CaptionTL.Heads.Classical;

/// <summary>How far apart two pictures are.</summary>
public enum FeatureDistance
{
    /// <summary>|x − y|.</summary>
    Euclidean,

    /// <summary>1 − x·y / (|x|·|y|); 1 where one of them is all zeros.</summary>
    Cosine,
}
