namespace CaptionTL.Images;

/// <summary>Why a picture could not be used, for programs; the message says it to people.</summary>
public enum ImageProblem
{
    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>The content is something else than a picture, or a picture format that is not read.</summary>
    UnknownFormat,

    /// <summary>A known format in a variant that is not read.</summary>
    UnsupportedVariant,

    /// <summary>More bytes, pixels, columns, rows or frames than <see cref="ImageLimits"/> allows.</summary>
    TooLarge,

    /// <summary>Cut off or damaged.</summary>
    Corrupt,
}
