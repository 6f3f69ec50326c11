namespace CaptionTL.Images;

/// <summary>How a picture of any shape becomes a picture of the network's shape.</summary>
public enum ResizeMode
{
    /// <summary>Shorter side to size / crop fraction, then the middle.</summary>
    CenterCrop,

    /// <summary>Straight to the size; the whole picture stays, its proportions do not.</summary>
    Squash,
}
