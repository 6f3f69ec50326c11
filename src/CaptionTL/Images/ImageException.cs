namespace CaptionTL.Images;

/// <summary>A picture that cannot be used. The message speaks of "the picture": whoever knows its file name puts it in front.</summary>
public sealed class ImageException : CaptionTLException
{
    public ImageException(ImageProblem problem, string message, Exception? inner = null) : base(message, isInput: true, inner) =>
        Problem = problem;

    public ImageProblem Problem { get; }
}

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
