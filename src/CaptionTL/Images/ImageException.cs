namespace CaptionTL.Images;

/// <summary>A picture that cannot be used. The message speaks of "the picture": whoever knows its file name puts it in front.</summary>
public sealed class ImageException : CaptionTLException
{
    public ImageException(ImageProblem problem, string message, Exception? inner = null) : base(message, isInput: true, inner) => Problem = problem;

    public ImageProblem Problem { get; }
}
